import { findAccountsToRefold } from '../db/accounts.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import { oneByOne } from './one-by-one.ts';
import { reconsider } from './reconsider.ts';

const BATCH = 20;
const MOST_ROUNDS = 50;

/** Folds anew, a few at a time, the accounts that wait for it: marked ones, and those of other signals. */
export async function refoldWaiting(deps: Deps): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const ids = await findAccountsToRefold(deps.db.pool, deps.catalog().signalsHash, BATCH);
    let folded = 0;
    await oneByOne(
      deps,
      ids.map((id) => ({ id })),
      async ({ id }) => {
        const woken = { events: [], woken: [id], atAnySize: true };
        await inRetriedTransaction(deps.db, (tx) => reconsider(deps, tx, woken));
        folded += 1;
      },
    );
    if (folded === 0) return;
  }
}
