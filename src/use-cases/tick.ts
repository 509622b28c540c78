import { findDueAccounts } from '../db/accounts.ts';
import { inRetriedTransaction, isUnavailable } from '../db/retry.ts';
import { wakeNextOfRound } from '../db/rounds.ts';
import { putOffAccount } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import { HOUR } from '../engine/time.ts';
import { deliverDueAsks } from './deliver-asks.ts';
import { fallBack } from './fall-back.ts';
import { remindOwners } from './open-draft.ts';
import { reconsider } from './reconsider.ts';
import { sendDueNotices } from './send-notices.ts';
import { giveUpLostSends, settleOverdue } from './settle-overdue.ts';

const WAKE_BATCH = 100;
const MAX_ROUNDS = 50;

/**
 * Does all that time alone makes due: accounts to look at again, asks to start, end or replace, mail to send.
 * What is due is in the database, so a tick that was missed loses nothing.
 */
export async function tick(deps: Deps): Promise<void> {
  await giveUpLostSends(deps);
  await settleOverdue(deps);
  await wakeForNewRules(deps);
  await wakeAccounts(deps);
  await fallBack(deps);
  await deliverDueAsks(deps);
  await remindOwners(deps);
  await sendDueNotices(deps);
}

/** After a version with other rules every account is looked at once, so many a tick. */
async function wakeForNewRules(deps: Deps): Promise<void> {
  const { version } = deps.catalog();
  const wakeNext = () =>
    inRetriedTransaction(deps.db, (tx) =>
      wakeNextOfRound(tx, { version, limit: WAKE_BATCH, at: deps.clock() }),
    );
  for (let round = 0; round < MAX_ROUNDS && (await wakeNext()); round += 1);
}

/** Looks again at accounts whose verdict may have changed by time alone, a bounded number a tick. */
async function wakeAccounts(deps: Deps): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const ids = await findDueAccounts(deps.db.pool, deps.clock(), WAKE_BATCH);
    if (ids.length > 0) await wakeTogether(deps, ids);
    if (ids.length < WAKE_BATCH) return;
  }
}

/** All in one transaction; where that fails, each by itself, and one that fails alone is left for an hour. */
async function wakeTogether(deps: Deps, ids: readonly AccountId[]): Promise<void> {
  const look = (woken: readonly AccountId[]) =>
    inRetriedTransaction(deps.db, (tx) => reconsider(deps, tx, { events: [], woken }));
  try {
    await look(ids);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    for (const id of ids) {
      try {
        await look([id]);
      } catch (cause) {
        deps.log.error({ err: cause, account: id }, 'an account could not be looked at; it is in an hour');
        await putOffAccount(deps.db.pool, id, deps.clock() + HOUR);
      }
    }
  }
}
