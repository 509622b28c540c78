import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findDueAsks, moveAsk } from '../db/asks.ts';
import { cancelMails, giveUpLostMails } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { wakeAccounts } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import type { AskStatus } from '../engine/account.ts';
import type { Duration, Instant } from '../engine/time.ts';
import { MINUTE } from '../engine/time.ts';
import { askEvent } from './ask-events.ts';
import { oneByOne } from './one-by-one.ts';
import { reconsider } from './reconsider.ts';
import { withEvents } from './with-events.ts';

const BATCH = 200;

/** Longer than any try at sending can take; after it the sender is taken to be dead. */
const SENDING_LEASE: Duration = 10 * MINUTE;

/** Ends asks whose time is over: unanswered ones are ignored, unseen ones expire, and each frees its place. */
export async function settleOverdue(deps: Deps): Promise<void> {
  const now = deps.clock();
  const due = (status: AskStatus, column: 'expires_at' | 'latest_at') =>
    findDueAsks(deps.db.pool, status, column, now, BATCH);
  await oneByOne(deps, await due('delivered', 'expires_at'), (ask) => ignore(deps, ask, now));
  await oneByOne(deps, await due('open', 'expires_at'), (ask) =>
    expire(deps, ask, now, 'nobody acted on it'),
  );
  await oneByOne(deps, await due('scheduled', 'latest_at'), (ask) => expire(deps, ask, now, 'missed'));
}

function ignore(deps: Deps, ask: AskRow, now: Instant): Promise<void> {
  return withEvents(deps, async (tx) => {
    await holdAccount(tx, ask.accountId);
    const moved = await moveAsk(tx, ask, ['delivered'], 'ignored', { settledAt: now });
    return { result: undefined, events: moved === undefined ? [] : [askEvent(ask, 'Ask Ignored', now)] };
  });
}

function expire(deps: Deps, ask: AskRow, now: Instant, statusReason: string): Promise<void> {
  return inRetriedTransaction(deps.db, async (tx) => {
    await holdAccount(tx, ask.accountId);
    if ((await moveAsk(tx, ask, [ask.status], 'expired', { settledAt: now, statusReason })) === undefined)
      return;
    await cancelMails(tx, ask.id, now);
    await reconsider(deps, tx, { events: [], woken: [ask.accountId] });
  });
}

/**
 * Gives up emails whose sender died in mid-send: they may have arrived, so they are shown to people and never sent
 * again. Where only this process can have been the sender, its claims from before it started are lost for certain.
 */
export async function giveUpLostSends(deps: Deps, started?: Instant): Promise<void> {
  const now = deps.clock();
  const before = started ?? now - SENDING_LEASE;
  await inRetriedTransaction(deps.db, async (tx) => {
    for (const mail of await giveUpLostMails(tx, before, now)) {
      if (mail.askId === undefined || mail.purpose !== 'ask') continue;
      const ask = { accountId: mail.accountId, id: mail.askId };
      await moveAsk(tx, ask, ['sending'], 'unknown', {
        statusReason: 'the service stopped while it was being sent; it may have arrived',
        deliveredAt: now,
        settledAt: now,
      });
      await wakeAccounts(tx, [mail.accountId], now);
      deps.log.warn({ ask: mail.askId }, 'an email may or may not have arrived; it is not sent again');
    }
  });
}
