import { findAsk } from '../db/asks.ts';
import { claimDueMails, type MailRow, settleMail } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Message, SendResult } from '../delivery/mailer.ts';
import { nextTry } from '../delivery/retry.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';

const BATCH = 20;

/** Sends mails to the team that are due: notices of drafts, reminders, alerts. Each at most once. */
export async function sendDueNotices(deps: Deps): Promise<void> {
  const claimed = await inRetriedTransaction(deps.db, (tx) =>
    claimDueMails<Message>(tx, deps.clock(), BATCH),
  );
  for (const mail of claimed) {
    if (!(await isWanted(deps, mail))) {
      await settleMail(deps.db.pool, mail.id, {
        status: 'cancelled',
        reason: 'it is no longer needed',
        at: deps.clock(),
      });
      continue;
    }
    const result = await deps.mailer.send(mail.message);
    const now = deps.clock();
    await settleMail(deps.db.pool, mail.id, { ...verdict(mail, result, now), at: now });
  }
}

async function isWanted(deps: Deps, mail: MailRow<Message>): Promise<boolean> {
  if (mail.askId === undefined) return true;
  const wanted = mail.purpose === 'follow_up' ? 'delivered' : 'open';
  return (await findAsk(deps.db.pool, mail.askId))?.status === wanted;
}

function verdict(mail: MailRow<Message>, result: SendResult, now: Instant) {
  if (result.status !== 'failed')
    return { status: result.status, ...('reason' in result ? { reason: result.reason } : {}) };
  const dueAt = result.retry ? nextTry(mail.attempts, now, mail.latestAt) : undefined;
  return dueAt === undefined
    ? ({ status: 'failed', reason: result.reason } as const)
    : ({ status: 'due', reason: result.reason, dueAt } as const);
}
