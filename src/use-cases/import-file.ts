import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { isFields } from '../sources/json.ts';
import type { Intake, Rejection, ReportedEvent } from '../sources/reported.ts';
import { readSegmentLine } from '../sources/segment.ts';
import { linesIn, type Progress } from './history-lines.ts';
import { type BadLine, noteBad } from './read-history.ts';
import { receiveEvents } from './receive-events.ts';

export type Imported = {
  readonly accepted: number;
  /** Stored already, by an earlier run or another way. */
  readonly duplicates: number;
  readonly bad: readonly BadLine[];
  /** `bad` holds the first thousand. */
  readonly badCount: number;
};

/** Some of a file's messages: as they are, and read. */
export type ImportBatch = Intake & { readonly messages: readonly unknown[] };

/** Stores a batch for good. */
export type StoreBatch = (
  batch: ImportBatch,
) => Promise<{ readonly accepted: number; readonly duplicates: number }>;

const AT_ONCE = 500;
/** Well within what one request may carry. */
const BYTES_AT_ONCE = 300_000;

/**
 * Takes in a file of Segment messages as history: it is folded, and nobody is asked. Batches are stored one after
 * the other, and what is stored is known by its id: a run that was cut short goes on when it is started again.
 */
export async function importFile(
  path: string,
  store: StoreBatch,
  now: Instant,
  progress?: Progress,
): Promise<Imported> {
  const noted = { bad: [] as BadLine[], badCount: 0 };
  let [accepted, duplicates] = [0, 0];
  for (const batch of batchesOf(path, now, progress)) {
    for (const { number, reasons } of batch.bad) noteBad(noted, number, reasons);
    if (batch.events.length === 0) continue;
    const stored = await store(batch);
    accepted += stored.accepted;
    duplicates += stored.duplicates;
  }
  return { accepted, duplicates, ...noted };
}

/** Into the database at hand. */
export const intoDatabase =
  (deps: Pick<Deps, 'gatherer'>): StoreBatch =>
  ({ events }) =>
    receiveEvents(deps, { events, rejections: [] });

type Batch = ImportBatch & {
  readonly bad: readonly { readonly number: number; readonly reasons: readonly string[] }[];
};

function* batchesOf(path: string, now: Instant, progress: Progress | undefined): Generator<Batch> {
  let batch = newBatch();
  for (const { line, number } of linesIn(path, progress)) {
    const { message, events, rejections } = readLine(line, now);
    if (rejections.length > 0) batch.bad.push({ number, reasons: rejections.map(({ reason }) => reason) });
    if (events.length > 0) batch.messages.push(message);
    batch.events.push(...events);
    batch.bytes += line.length;
    if (batch.events.length < AT_ONCE && batch.bytes < BYTES_AT_ONCE) continue;
    yield batch;
    batch = newBatch();
  }
  yield batch;
}

const newBatch = () => ({
  messages: [] as unknown[],
  events: [] as ReportedEvent[],
  rejections: [] as readonly Rejection[],
  bad: [] as { number: number; reasons: readonly string[] }[],
  bytes: 0,
});

function readLine(text: string, now: Instant): Intake & { readonly message: unknown } {
  try {
    const message: unknown = JSON.parse(text);
    if (!isFields(message) && !Array.isArray(message))
      return { message, events: [], rejections: [noMessage(text, 'is no message: expected an object')] };
    return { message, ...readSegmentLine(message, now) };
  } catch (error) {
    const reason = `is no JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}`;
    return { message: undefined, events: [], rejections: [noMessage(text, reason)] };
  }
}

const noMessage = (text: string, reason: string): Rejection => ({
  source: 'segment',
  reason,
  excerpt: text.slice(0, 200),
});
