import { type AccountRow, lockAccounts } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { FoldedAccount } from './fold-account.ts';
import { freshAccount } from './fresh-account.ts';
import { type LoadedView, loadViews } from './load-views.ts';

/** Locks one account and loads all that a decision about it looks at. */
export async function loadAccount(
  deps: Pick<Deps, 'db' | 'keys' | 'config' | 'catalog' | 'catalogOfSignals'>,
  tx: Sql,
  id: AccountId,
  now: Instant,
): Promise<LoadedView> {
  const [row] = await lockAccounts(deps.db.known.accounts, tx, [id], now, freshAccount(deps));
  if (row === undefined) throw new Error(`Account ${id} was neither there nor made.`);
  const [view] = await loadViews(deps, tx, [await asItStands(deps, tx, row)], now);
  if (view === undefined) throw new Error(`Account ${id} could not be loaded.`);
  return view;
}

/** An account as it was last folded, with the version that it was folded for. */
export async function asItStands(
  deps: Pick<Deps, 'catalogOfSignals'>,
  tx: Sql,
  row: AccountRow,
): Promise<Pick<FoldedAccount, 'row' | 'state' | 'agenda' | 'catalog'>> {
  const { state, agenda, signalsHash } = row;
  return { row, state, agenda, catalog: await deps.catalogOfSignals(tx, signalsHash) };
}
