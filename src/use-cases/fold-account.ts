import type { AccountRow } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import { countEventsOfAccount, readEventsOfAccount } from '../db/events.ts';
import type { Deps } from '../deps.ts';
import type { Agenda } from '../engine/account.ts';
import { compareEvents, type Event, type PersonId } from '../engine/event.ts';
import { fold } from '../engine/fold.ts';
import { changesScore } from '../engine/nps.ts';
import { keepOpenings, open } from '../engine/openings.ts';
import { type AccountState, emptyState } from '../engine/state.ts';
import type { Moved } from './resolve-people.ts';

/** Past this many events an account is folded anew by the job, not inside somebody's request. */
const REFOLD_AT_ONCE = 20_000;

export type FoldedAccount = {
  readonly row: AccountRow;
  readonly state: AccountState;
  readonly agenda: Agenda;
  readonly signalsHash: string;
  /** It has too many events to fold anew here: the job does it. */
  readonly refold: boolean;
};

/**
 * Folds new events into an account; or, where events changed hands or the signals changed, all its stored
 * events anew. The new events are stored already. What was not imported may open triggers.
 */
export async function foldAccount(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  row: AccountRow,
  news: { readonly events: readonly Event[]; readonly moved: Moved; readonly atAnySize: boolean },
): Promise<FoldedAccount> {
  const { signalsHash } = deps.catalog();
  const stale = row.refold || row.signalsHash !== signalsHash || news.moved.accounts.has(row.id);
  if (!stale) return { row, ...foldNew(deps, row, news.events), signalsHash, refold: false };
  if (!news.atAnySize && (await countEventsOfAccount(tx, row.id, REFOLD_AT_ONCE)) === REFOLD_AT_ONCE) {
    return { row, ...foldNew(deps, row, news.events), signalsHash: row.signalsHash, refold: true };
  }
  const arrived = new Set([...news.events.map(({ id }) => id), ...news.moved.events]);
  return { row, ...(await foldAnew(deps, tx, row, arrived)), signalsHash, refold: false };
}

type Folded = Pick<FoldedAccount, 'state' | 'agenda'>;

function foldNew(deps: Pick<Deps, 'catalog'>, row: AccountRow, events: readonly Event[]): Folded {
  const { catalog, signalIndex } = deps.catalog();
  let { state, agenda } = row;
  for (const event of [...events].sort(compareEvents)) {
    const changedNps = changesScore(state, event);
    state = fold(state, event, signalIndex);
    agenda = open(agenda, event, catalog, { changedNps });
  }
  return { state, agenda };
}

async function foldAnew(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  row: AccountRow,
  arrived: ReadonlySet<string>,
): Promise<Folded> {
  const { catalog, signalIndex } = deps.catalog();
  let state = emptyState();
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
  return { state, agenda: keepOpenings(agenda, doneBy) };
}
