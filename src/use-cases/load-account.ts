import { lockAccounts } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import { emptyAgenda } from '../engine/account.ts';
import type { AccountId } from '../engine/event.ts';
import { emptyState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import { type LoadedView, loadViews } from './load-views.ts';

/** Locks one account and loads all that a decision about it looks at. */
export async function loadAccount(
  deps: Pick<Deps, 'keys' | 'config' | 'catalog'>,
  tx: Sql,
  id: AccountId,
  now: Instant,
): Promise<LoadedView> {
  const [row] = await lockAccounts(tx, [id], {
    state: JSON.stringify(emptyState()),
    signalsHash: deps.catalog().signalsHash,
    agenda: JSON.stringify(emptyAgenda),
  });
  if (row === undefined) throw new Error(`Account ${id} was neither there nor made.`);
  const [view] = await loadViews(deps, tx, [{ row, state: row.state, agenda: row.agenda }], now);
  if (view === undefined) throw new Error(`Account ${id} could not be loaded.`);
  return view;
}
