import { lockAccounts } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { StoredEvent } from '../db/events.ts';
import type { PersonRow } from '../db/people.ts';
import type { Deps } from '../deps.ts';
import { emptyAgenda } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { emptyState } from '../engine/state.ts';
import { type FoldedAccount, foldAccount } from './fold-account.ts';
import { evaluate, loadViews } from './load-views.ts';
import { recordEvaluations } from './record-evaluations.ts';
import type { Moved } from './resolve-people.ts';

export type News = {
  readonly events: readonly StoredEvent[];
  readonly moved?: Moved;
  /** Those the events name, so that they are not read again. */
  readonly people?: ReadonlyMap<PersonId, PersonRow>;
  /** Accounts to look at although nothing happened there: woken by time, or changed by hand. */
  readonly woken?: readonly AccountId[];
  /** Fold anew whatever the size: said by the job that has the time. */
  readonly atAnySize?: boolean;
};

/**
 * Folds events into their accounts, decides, and plans what follows, inside the caller's transaction. The accounts
 * stay locked until it ends. Answers whether anything is due before the next tick.
 */
export async function reconsider(deps: Deps, tx: Sql, news: News): Promise<{ readonly due: boolean }> {
  const moved = news.moved ?? { accounts: new Set<AccountId>(), events: new Set<string>() };
  const byAccount = groupByAccount(news.events);
  const ids = [...new Set([...byAccount.keys(), ...moved.accounts, ...(news.woken ?? [])])];
  const rows = await lockAccounts(tx, ids, fresh(deps));
  const folded: FoldedAccount[] = [];
  for (const row of rows) {
    const events = byAccount.get(row.id) ?? [];
    folded.push(await foldAccount(deps, tx, row, { events, moved, atAnySize: news.atAnySize === true }));
  }
  // What is only imported is folded and not looked at.
  const live = new Set([...moved.accounts, ...(news.woken ?? [])]);
  for (const event of news.events)
    if (event.imported !== true && event.accountId !== undefined) live.add(event.accountId);
  const now = deps.clock();
  const views = await loadViews(
    deps,
    tx,
    folded.filter(({ row }) => live.has(row.id)),
    now,
    news.people,
  );
  return recordEvaluations(deps, tx, folded, await evaluate(deps, tx, views, now), now);
}

function groupByAccount(events: readonly StoredEvent[]): Map<AccountId, StoredEvent[]> {
  const groups = new Map<AccountId, StoredEvent[]>();
  for (const event of events) {
    if (event.accountId === undefined) continue;
    const group = groups.get(event.accountId);
    if (group) group.push(event);
    else groups.set(event.accountId, [event]);
  }
  return groups;
}

const fresh = (deps: Pick<Deps, 'catalog'>) => ({
  state: JSON.stringify(emptyState()),
  signalsHash: deps.catalog().signalsHash,
  agenda: JSON.stringify(emptyAgenda),
});
