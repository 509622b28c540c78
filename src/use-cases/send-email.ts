import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { mailIdOfAsk, putMail, settleMail } from '../db/mails.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { wakeAccounts } from '../db/wake-accounts.ts';
import { composeEmail } from '../delivery/email.ts';
import type { Message, SendResult } from '../delivery/mailer.ts';
import { renderMail } from '../delivery/render.ts';
import { nextTry } from '../delivery/retry.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { askEvent } from './ask-events.ts';
import { contextOf } from './compose-ask.ts';
import { failAsk, giveUpAsk, templateOf } from './fail-ask.ts';
import type { LoadedView } from './load-views.ts';
import { withEvents } from './with-events.ts';

export type ClaimedEmail = {
  readonly ask: AskRow;
  readonly mailId: string;
  readonly address: string;
  readonly message: Message;
};

/**
 * Takes an email for sending: from here until it is settled nobody else sends it, and if we die in between it stays
 * "unknown". Whether it may go out was checked in this same transaction.
 */
export async function claimEmail(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  view: LoadedView,
  now: Instant,
): Promise<ClaimedEmail | undefined> {
  try {
    const context = await contextOf(deps, tx, ask, view);
    const rendered = renderMail(await templateOf(deps, tx, ask), context.person.locale, context);
    const address = context.person.email ?? '';
    const owner =
      context.owner.email === null ? undefined : { name: context.owner.name, address: context.owner.email };
    const composed = composeEmail(
      {
        id: deps.keys.sign('mail', ask.id),
        purpose: ask.kind,
        to: { name: context.person.name, address },
        ...(owner === undefined ? {} : { owner }),
        rendered,
        ...(context.link.unsubscribe === null ? {} : { unsubscribeUrl: context.link.unsubscribe }),
      },
      deps.config,
    );
    if ('fault' in composed) throw new Error(composed.fault);
    const content = { subject: rendered.subject, text: rendered.text };
    const claimed = await moveAsk(tx, ask, ['scheduled'], 'sending', { attempts: ask.attempts + 1, content });
    if (claimed === undefined) return undefined;
    const mailId = mailIdOfAsk(ask.id);
    const mail = {
      id: mailId,
      accountId: ask.accountId,
      askId: ask.id,
      meantFor: address,
      message: composed.message,
      dueAt: now,
    };
    await putMail(tx, { ...mail, purpose: 'ask', status: 'sending' }, now);
    return { ask: claimed, mailId, address, message: composed.message };
  } catch (error) {
    await failAsk(deps, tx, ask, error, now);
    return undefined;
  }
}

/** Sends a claimed email and writes what became of it: the one door by which mail reaches a customer. */
export async function sendEmail(deps: Deps, claimed: ClaimedEmail): Promise<SendResult> {
  const result = await deps.mailer.send(claimed.message);
  await withEvents(deps, async (tx) => ({
    result: undefined,
    events: await settle(deps, tx, claimed, result),
  }));
  return result;
}

async function settle(
  deps: Deps,
  tx: Sql,
  claimed: ClaimedEmail,
  result: SendResult,
): Promise<ReportedEvent[]> {
  const now = deps.clock();
  const { ask, mailId } = claimed;
  await holdAccount(tx, ask.accountId);
  switch (result.status) {
    case 'sent':
    case 'kept': {
      await settleMail(tx, mailId, { status: result.status, at: now });
      const late = ask.deadlineAt !== undefined && now > ask.deadlineAt;
      const delivered = await moveAsk(tx, ask, ['sending'], 'delivered', {
        deliveredAt: now,
        expiresAt: now + ask.expiresAfter,
        late,
      });
      return delivered === undefined ? [] : [askEvent(ask, 'Ask Sent', now)];
    }
    case 'unknown':
      await settleMail(tx, mailId, { status: 'unknown', reason: result.reason, at: now });
      await moveAsk(tx, ask, ['sending'], 'unknown', {
        statusReason: result.reason,
        deliveredAt: now,
        settledAt: now,
      });
      await wakeAccounts(tx, [ask.accountId], now);
      deps.log.warn(
        { ask: ask.id, reason: result.reason },
        'an email may or may not have arrived; it is not sent again',
      );
      return [];
    case 'failed':
      await settleFailure(deps, tx, claimed, result, now);
      return [];
    default:
      return result satisfies never;
  }
}

async function settleFailure(
  deps: Deps,
  tx: Sql,
  { ask, mailId, address, message }: ClaimedEmail,
  failure: SendResult & { status: 'failed' },
  now: Instant,
): Promise<void> {
  const { reason } = failure;
  const again = failure.retry ? nextTry(ask.attempts, now, ask.latestAt ?? ask.deadlineAt) : undefined;
  await settleMail(tx, mailId, { status: 'failed', reason, at: now });
  if (again === undefined) await giveUpAsk(tx, ask, reason, now);
  else await moveAsk(tx, ask, ['sending'], 'scheduled', { statusReason: reason, dueAt: again });
  // In rehearsal the address that bounced is not the customer's.
  if (failure.bounce && message.to.address === address) {
    const suppression = {
      addressHash: deps.keys.hashAddress(address),
      scope: 'all',
      reason: `bounced: ${reason}`,
      at: now,
    } as const;
    await insertSuppression(tx, suppression);
  }
}
