import type { Db, Sql } from '../db/client.ts';
import { claimEventIds, insertEvents } from '../db/events.ts';
import { writePeople } from '../db/people.ts';
import { insertRejections } from '../db/records.ts';
import { codeOf, inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { Intake, Rejection, ReportedEvent } from '../sources/reported.ts';
import { dealOut, type Part } from './deal-out.ts';
import { withoutErased } from './drop-erased.ts';
import { createGatherer, type Gatherer } from './gather.ts';
import { introducedByRef } from './introduced-by-ref.ts';
import { lockIdentities } from './lock-identities.ts';
import { meetPeople } from './meet-people.ts';
import { outageIn } from './outage.ts';
import { putOutgoing } from './put-outgoing.ts';
import { reconsider } from './reconsider.ts';
import { resolvePeople } from './resolve-people.ts';

/** What one request is told after its events have committed. */
export type Receipt = { readonly accepted: number; readonly duplicates: number; readonly rejected: number };

/**
 * Takes in the events of one request, together with those of requests that came meanwhile. Resolves when they are
 * stored for good. Throws a `busy` Refusal when too much is waiting already.
 */
export function receiveEvents(deps: Pick<Deps, 'gatherer'>, intake: Intake): Promise<Receipt> {
  if (intake.events.length === 0 && intake.rejections.length === 0)
    return Promise.resolve({ accepted: 0, duplicates: 0, rejected: 0 });
  return deps.gatherer.add(intake);
}

/** What requests hand in, gathered and stored. */
export type IntakeGatherer = Pick<Gatherer<Part, Receipt>, 'isFull' | 'drain'> & {
  readonly add: (intake: Intake) => Promise<Receipt>;
};

/**
 * The queue in front of the database. Batches beside each other are of different accounts, so that neither waits for
 * the other; PGlite has one connection, so one at a time is all it can use.
 */
export function createIntakeGatherer(deps: () => Deps, db: Pick<Db, 'kind' | 'known'>): IntakeGatherer {
  const { lanes, flushers } = db.kind === 'pglite' ? { lanes: 1, flushers: 1 } : { lanes: 8, flushers: 4 };
  const { add, ...gatherer } = createGatherer(
    (parts: readonly Part[]) => flush(deps(), parts),
    {
      weigh: ({ events, rejections }) => events.length + rejections.length,
      laneOf: ({ lane }) => lane,
    },
    { maxBatch: 1000, maxWaiting: 20_000, lanes, flushers, worthAnother: 200 },
  );
  return { ...gatherer, add: async (intake) => added(await add(dealOut(db.known.people, intake, lanes))) };
}

const added = (receipts: readonly Receipt[]): Receipt => ({
  accepted: receipts.reduce((sum, { accepted }) => sum + accepted, 0),
  duplicates: receipts.reduce((sum, { duplicates }) => sum + duplicates, 0),
  rejected: receipts.reduce((sum, { rejected }) => sum + rejected, 0),
});

async function flush(deps: Deps, intakes: readonly Intake[]): Promise<(Receipt | Error)[]> {
  const events = intakes.flatMap((intake) => intake.events);
  const rejections = intakes.flatMap((intake) => intake.rejections);
  const { fresh, refused, failed } = await store(deps, events, rejections);
  const counted = new Set<string>();
  return intakes.map((intake) => {
    const failure = intake.events.flatMap(({ id }) => failed.get(id) ?? [])[0];
    if (failure !== undefined) return failure;
    const accepted = intake.events.filter(
      ({ id }) => fresh.has(id) && !counted.has(id) && counted.add(id),
    ).length;
    const bad = intake.events.filter(({ id }) => refused.has(id)).length;
    return {
      accepted,
      duplicates: intake.events.length - accepted - bad,
      rejected: intake.rejections.reduce((sum, { messages = 1 }) => sum + messages, bad),
    };
  });
}

type Stored = {
  readonly fresh: ReadonlySet<string>;
  /** Recorded as rejections: no retry would help. */
  readonly refused: ReadonlySet<string>;
  /** Not stored through a fault of ours: whoever sent them hears of it and sends them again. */
  readonly failed: ReadonlyMap<string, Error>;
};

/** Stores a batch. One that holds an event which cannot be stored is halved until that event stands alone. */
async function store(
  deps: Deps,
  events: readonly ReportedEvent[],
  rejections: readonly Rejection[],
): Promise<Stored> {
  try {
    const { fresh, due } = await inRetriedTransaction(deps.db, (tx) =>
      remember(deps, tx, events, rejections),
    );
    if (due) deps.wake();
    return { fresh, refused: new Set(), failed: new Map() };
  } catch (error) {
    if (outageIn(error) !== undefined) {
      deps.log.warn({ err: error, events: events.length }, 'events were refused: the database takes none');
      throw new Refusal('busy', 'The database cannot be reached just now; not all of it was stored.');
    }
    if (!(error instanceof Error)) throw error;
    const [only] = events;
    if (only === undefined) throw error;
    if (events.length === 1) return giveUp(deps, only, rejections, error);
    const middle = Math.ceil(events.length / 2);
    const first = await store(deps, events.slice(0, middle), rejections);
    const second = await store(deps, events.slice(middle), []);
    return {
      fresh: new Set([...first.fresh, ...second.fresh]),
      refused: new Set([...first.refused, ...second.refused]),
      failed: new Map([...first.failed, ...second.failed]),
    };
  }
}

async function giveUp(
  deps: Deps,
  event: ReportedEvent,
  rejections: readonly Rejection[],
  error: Error,
): Promise<Stored> {
  const facts = { source: event.source, name: event.name };
  if (isBadData(error)) {
    deps.log.warn({ ...facts, reason: error.message }, 'an event was refused by the database');
    await store(deps, [], [...rejections, toRejection(event, error)]);
    return { fresh: new Set(), refused: new Set([event.id]), failed: new Map() };
  }
  deps.log.error({ ...facts, err: error }, 'an event could not be taken in; it was not stored');
  await store(deps, [], rejections);
  return { fresh: new Set(), refused: new Set(), failed: new Map([[event.id, error]]) };
}

/**
 * Remembers events that are new and does all that follows from them, in the caller's transaction: fold, score,
 * decide and plan. An event seen before changes nothing.
 */
export async function remember(
  deps: Deps,
  tx: Sql,
  events: readonly ReportedEvent[],
  rejections: readonly Rejection[] = [],
): Promise<{ readonly fresh: ReadonlySet<string>; readonly due: boolean }> {
  const first = new Map<string, ReportedEvent>();
  for (const event of events) if (!first.has(event.id)) first.set(event.id, event);
  const given = [...first.values()];
  const { people } = deps.db.known;
  // What is sent together needs no answer of the others, and each answer waited for costs more than most statements.
  const [{ fresh, anyErased }, met] = await Promise.all([
    claimEventIds(tx, [...first.keys()]),
    meetPeople(people, tx, given, lockIdentities(deps.db, tx, given)),
    insertRejections(tx, rejections, deps.clock()),
  ]);
  if (fresh.size === 0) return { fresh, due: false };
  const claimed = given.filter(({ id }) => fresh.has(id));
  const news = anyErased ? await withoutErased(deps, tx, claimed) : claimed;
  const resolved = await resolvePeople(people, tx, news, met);
  const [, , , { due }] = await Promise.all([
    writePeople(people, tx, resolved.changed),
    insertEvents(tx, resolved.events),
    putOutgoing(deps, tx, resolved.events, deps.clock()),
    reconsider(deps, tx, resolved),
  ]);
  const introduced = await introducedByRef(deps, tx, resolved.events, resolved.people);
  if (introduced.length === 0) return { fresh, due };
  const after = await remember(deps, tx, introduced);
  return { fresh, due: due || after.due };
}

/** The database refused a value itself (class 22), or JSON nested past its stack limit (54001). */
const isBadData = (error: Error) => /^(22|54001)/.test(codeOf(error));

function toRejection(event: ReportedEvent, error: Error): Rejection {
  return {
    source: event.source,
    messageId: event.id,
    reason: `${event.name} could not be stored: ${error.message.slice(0, 200)}`,
    excerpt: JSON.stringify(event.properties).slice(0, 500),
  };
}
