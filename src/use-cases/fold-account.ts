import type { CatalogInForce } from '../catalog/in-force.ts';
import type { AccountRow } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import { countEventsOfAccount, readEventsOfAccount } from '../db/events.ts';
import type { Deps } from '../deps.ts';
import type { Agenda } from '../engine/account.ts';
import { compareEvents, type Event, type PersonId } from '../engine/event.ts';
import { fold } from '../engine/fold.ts';
import { changesScore } from '../engine/nps.ts';
import { keepOpenings, open } from '../engine/openings.ts';
import type { Seen } from '../engine/people.ts';
import { foldAndWeigh, type Meaning } from '../engine/quiet.ts';
import { own, put } from '../engine/record.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { Moved } from './resolve-people.ts';
import { startingState } from './starting-state.ts';

/** Past this many events an account is folded anew by the job, not inside somebody's request. */
const REFOLD_AT_ONCE = 20_000;

export type FoldedAccount = {
  readonly row: AccountRow;
  readonly state: AccountState;
  readonly agenda: Agenda;
  /** What it is decided by: the version in force, unless it still has to be folded for that. */
  readonly catalog: CatalogInForce;
  /** It has too many events to fold anew here: the job does it. */
  readonly refold: boolean;
  /** What all that came means to the account. */
  readonly meaning: Meaning;
  /** Where it means no more than that: when people were last heard of. */
  readonly seen: Seen;
};

type NewsOfAccount = {
  readonly events: readonly Event[];
  readonly moved: Moved;
  readonly atAnySize: boolean;
  /** People of whom the events say nothing new. */
  readonly unchanged: ReadonlySet<PersonId>;
};

/**
 * Folds new events into an account; or, where events changed hands or the signals changed, all its stored
 * events anew. The new events are stored already. What was not imported may open triggers.
 */
export async function foldAccount(
  deps: Pick<Deps, 'catalog' | 'catalogOfSignals'>,
  tx: Sql,
  row: AccountRow,
  news: NewsOfAccount,
  now: Instant,
): Promise<FoldedAccount> {
  const catalog = deps.catalog();
  const stale = row.refold || row.signalsHash !== catalog.signalsHash || news.moved.accounts.has(row.id);
  if (!stale) return { row, ...foldNew(catalog, row, news, now), catalog, refold: false };
  if (!news.atAnySize && (await countEventsOfAccount(tx, row.id, REFOLD_AT_ONCE)) === REFOLD_AT_ONCE) {
    const before = await deps.catalogOfSignals(tx, row.signalsHash);
    const folded = foldNew(before, row, news, now);
    return { row, ...folded, meaning: 'news', catalog: before, refold: true };
  }
  const arrived = new Set([...news.events.map(({ id }) => id), ...news.moved.events]);
  return { row, ...(await foldAnew(deps, tx, row, arrived)), catalog, refold: false };
}

type Folded = Pick<FoldedAccount, 'state' | 'agenda' | 'meaning' | 'seen'>;

function foldNew(
  { catalog, signalIndex, effectsOf, hash }: CatalogInForce,
  row: AccountRow,
  { events, unchanged }: NewsOfAccount,
  now: Instant,
): Folded {
  const { state } = row;
  let { agenda } = row;
  let meaning: Meaning = row.settledUnder === hash && row.isDue !== true ? 'seen' : 'news';
  for (const event of [...events].sort(compareEvents)) {
    const changedNps = changesScore(state, event);
    if (meaning === 'news') fold(state, event, signalIndex);
    else {
      const isKnown = event.personId !== undefined && unchanged.has(event.personId);
      meaning = heavier(meaning, foldAndWeigh(state, event, effectsOf, signalIndex, now, isKnown));
    }
    agenda = open(agenda, event, catalog, { changedNps });
  }
  if (meaning !== 'seen') return { state, agenda, meaning, seen: {} };
  const seen = withSeen(row, events);
  return { state, agenda, meaning: Object.keys(seen).length > MOST_SEEN ? 'more' : 'seen', seen };
}

const heavier = (a: Meaning, b: Meaning): Meaning => (a === 'more' && b === 'seen' ? a : b);

/** Of more people the account is written whole, and all of them are in its state. */
const MOST_SEEN = 12;

function withSeen({ state, seen: before }: AccountRow, events: readonly Event[]): Seen {
  const seen = { ...before };
  for (const { personId } of events) {
    const latest = personId === undefined ? undefined : own(state.people, personId)?.latest;
    if (personId !== undefined && latest !== undefined) put(seen, personId, [latest.at, latest.id]);
  }
  return seen;
}

async function foldAnew(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  row: AccountRow,
  arrived: ReadonlySet<string>,
): Promise<Folded> {
  const { catalog, signalIndex } = deps.catalog();
  let state = await startingState(deps, tx, row.id);
  let { agenda } = row;
  // What waits may have gone to another account since, or be known by now as somebody else's.
  const waiting = new Set(Object.values(agenda.openings).flatMap((openings) => openings.map(({ id }) => id)));
  const doneBy = new Map<string, PersonId | undefined>();
  for await (const event of readEventsOfAccount(tx, row.id)) {
    if (waiting.has(event.id) || arrived.has(event.id)) doneBy.set(event.id, event.personId);
    state = fold(state, event, signalIndex);
    if (arrived.has(event.id))
      agenda = open(agenda, event, catalog, { changedNps: changesScore(row.state, event) });
  }
  return { state, agenda: keepOpenings(agenda, doneBy), meaning: 'news', seen: {} };
}
