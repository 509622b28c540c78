import type { Sql } from '../db/client.ts';
import { readTies } from '../db/people.ts';
import { readSnapshot } from '../db/purged-events.ts';
import type { Deps } from '../deps.ts';
import { carryOver } from '../engine/carry-over.ts';
import type { AccountId } from '../engine/event.ts';
import { renamePerson } from '../engine/replay/rename-person.ts';
import { type AccountState, emptyState } from '../engine/state.ts';
import { isPending } from './resolve-aliases.ts';

/**
 * What the stored events of an account are folded onto: nothing, or what is remembered of events that were purged, by
 * the signals in force and with its people under the names they have now.
 */
export async function startingState(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  accountId: AccountId,
): Promise<AccountState> {
  const snapshot = await readSnapshot(tx, accountId);
  if (snapshot === undefined) return emptyState();
  const state = carryOver(snapshot.state, snapshot.signals, deps.catalog().signalMarks);
  const known = new Set([...Object.keys(state.people), ...Object.keys(state.answers)]);
  const ties = await readTies(tx, [...known].filter(isPending));
  for (const { alias, personId } of ties.values()) renamePerson(state, alias, personId);
  return state;
}
