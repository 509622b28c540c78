import { lockAccounts } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { StoredEvent } from '../db/events.ts';
import type { PersonRow } from '../db/people.ts';
import { writeSeen } from '../db/write-accounts.ts';
import type { Deps } from '../deps.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { type FoldedAccount, foldAccount } from './fold-account.ts';
import { freshAccount } from './fresh-account.ts';
import { evaluate, loadViews } from './load-views.ts';
import { recordEvaluations } from './record-evaluations.ts';
import type { Moved } from './resolve-people.ts';

export type News = {
  readonly events: readonly StoredEvent[];
  readonly moved?: Moved;
  /** Those the events name, so that they are not read again. */
  readonly people?: ReadonlyMap<PersonId, PersonRow>;
  /** Those of whom the events say nothing new. */
  readonly unchanged?: ReadonlySet<PersonId>;
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
  const now = deps.clock();
  const moved = news.moved ?? { accounts: new Set<AccountId>(), events: new Set<string>() };
  const byAccount = groupByAccount(news.events);
  const ids = [...new Set([...byAccount.keys(), ...moved.accounts, ...(news.woken ?? [])])];
  const { accounts: known } = deps.db.known;
  const rows = await lockAccounts(known, tx, ids, now, freshAccount(deps));
  const folded: FoldedAccount[] = [];
  const { atAnySize = false, unchanged = new Set() } = news;
  for (const row of rows) {
    const events = byAccount.get(row.id) ?? [];
    folded.push(await foldAccount(deps, tx, row, { events, moved, atAnySize, unchanged }, now));
  }
  const woken = new Set([...moved.accounts, ...(news.woken ?? [])]);
  const [quiet, changed] = partition(folded, ({ row, meaning }) => meaning === 'seen' && !woken.has(row.id));
  // What is only imported is folded and not looked at; nor is what changes no answer.
  const live = changed.filter(
    ({ row, meaning }) =>
      woken.has(row.id) || (meaning === 'news' && byAccount.get(row.id)?.some(isLive) === true),
  );
  const active = live.flatMap(
    ({ row }) => byAccount.get(row.id)?.flatMap(({ personId }) => personId ?? []) ?? [],
  );
  const [views] = await Promise.all([
    loadViews(deps, tx, live, now, { active, read: news.people ?? new Map() }),
    writeSeen(
      known,
      tx,
      quiet.map(({ row, seen }) => ({ ...row, seen })),
    ),
  ]);
  return recordEvaluations(deps, tx, changed, await evaluate(deps, tx, views, now), now);
}

const isLive = ({ imported }: StoredEvent) => imported !== true;

function partition<T>(items: readonly T[], test: (item: T) => boolean): readonly [yes: T[], no: T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
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
