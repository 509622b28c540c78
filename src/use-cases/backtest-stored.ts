import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type HistoricEvent, lastBatch, readAllEvents, readTiesByEvent } from '../db/event-history.ts';
import { fromJson } from '../db/rows.ts';
import type { Deps } from '../deps.ts';
import { outcomeOf } from '../engine/replay/outcomes.ts';
import type { Replay } from '../engine/replay/replay.ts';
import { reportOf } from '../engine/replay/report.ts';
import { KEEP_NOTHING, type ToKeep, toKeepNext } from '../engine/replay/to-keep.ts';
import type { Reported } from '../engine/replay/world.ts';
import type { Instant } from '../engine/time.ts';
import { createSeenIds } from '../sources/seen-ids.ts';
import { type Backtest, type BacktestRequest, compared, startReplays } from './backtest.ts';

/**
 * What the catalogs would have done over the stored events, in the batches in which they were stored: so a catalog
 * that was in force all the time would do what it did. Imported history asks nobody, as it did then.
 *
 * The events are copied to a file first, in short queries, and played in short turns: the service goes on meanwhile.
 */
export async function backtestStored(deps: Pick<Deps, 'db'>, request: BacktestRequest): Promise<Backtest> {
  const folder = await mkdtemp(join(tmpdir(), 'goodturn-backtest-'));
  try {
    const file = await open(join(folder, 'events'), 'wx+', 0o600);
    try {
      return await play(await copyHistory(deps, file), request);
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The stored events in a file, and where each lies in it. */
type History = {
  readonly file: Awaited<ReturnType<typeof open>>;
  readonly batch: number[];
  readonly offset: number[];
  readonly length: number[];
  /** When each ask was last told of. */
  readonly told: Map<string, Instant>;
};

async function copyHistory({ db }: Pick<Deps, 'db'>, file: History['file']): Promise<History> {
  const history: History = { file, batch: [], offset: [], length: [], told: new Map() };
  const last = await lastBatch(db.pool);
  if (last === undefined) return history;
  const ties = await readTiesByEvent(db.pool);
  const seen = createSeenIds();
  let size = 0;
  for await (const page of readAllEvents(db.pool, last)) {
    const chunks: Buffer[] = [];
    for (const event of page) {
      if (!seen.add(event.id)) continue;
      const reported = toReported(event, ties.get(event.id));
      noteTold(history.told, reported);
      const bytes = Buffer.from(JSON.stringify(reported));
      chunks.push(bytes);
      history.batch.push(event.batch);
      history.offset.push(size);
      history.length.push(bytes.length);
      size += bytes.length;
    }
    await file.write(Buffer.concat(chunks));
    await nextTurn();
  }
  return history;
}

function noteTold(told: Map<string, Instant>, event: Reported): void {
  const askId = outcomeOf(event)?.askId;
  if (askId !== undefined) told.set(askId, Math.max(event.receivedAt, told.get(askId) ?? event.receivedAt));
}

function toReported(
  { batch: _, reportedPerson, ownAccountId, ...event }: HistoricEvent,
  ties: readonly string[] | undefined,
): Reported {
  return {
    ...event,
    ...(reportedPerson === undefined ? {} : whoReported(reportedPerson)),
    ...(ownAccountId === undefined ? {} : { ownAccountId }),
    ...(ties === undefined ? {} : { ties }),
  };
}

function whoReported(person: string): Pick<Reported, 'userId' | 'anonymousId' | 'email'> {
  if (person.startsWith('anon:')) return { anonymousId: person.slice('anon:'.length) };
  return person.startsWith('email:') ? { email: person.slice('email:'.length) } : { userId: person };
}

/** The longest that the event loop waits for us. */
const TURN = 10;

async function play(history: History, request: BacktestRequest): Promise<Backtest> {
  const catalogs = [request.catalog, ...(request.against ? [request.against] : [])];
  const order = Uint32Array.from(history.batch.keys()).sort(
    (a, b) => (history.batch[a] ?? 0) - (history.batch[b] ?? 0) || a - b,
  );
  let keep: ToKeep = { ...KEEP_NOTHING, asks: history.told };
  for (;;) {
    const replays = startReplays(catalogs, request, keep);
    await playOnce(history, order, replays);
    const worlds = replays.map((replay) => replay.end(request.to));
    const next = toKeepNext(worlds);
    if (next === undefined) return compared(worlds.map(reportOf));
    keep = next;
  }
}

async function playOnce(history: History, order: Uint32Array, replays: readonly Replay[]): Promise<void> {
  let began = performance.now();
  for (let i = 0; i < order.length; ) {
    const batch = history.batch[order[i] ?? 0];
    const events: Reported[] = [];
    for (; i < order.length && history.batch[order[i] ?? 0] === batch; i += 1)
      events.push(await eventAt(history, order[i] ?? 0));
    const at = instantOf(events);
    for (const replay of replays) replay.receive(events, at ?? replay.world.now);
    if (performance.now() - began < TURN) continue;
    await nextTurn();
    began = performance.now();
  }
}

async function eventAt({ file, offset, length }: History, place: number): Promise<Reported> {
  const buffer = Buffer.allocUnsafe(length[place] ?? 0);
  await file.read(buffer, 0, buffer.length, offset[place] ?? 0);
  return fromJson<Reported>(buffer.toString());
}

/** When a batch came. What was imported says when it came to somebody else. */
function instantOf(events: readonly Reported[]): Instant | undefined {
  const live = events.filter(({ imported }) => !imported).map(({ receivedAt }) => receivedAt);
  return live.length === 0 ? undefined : Math.max(...live);
}
