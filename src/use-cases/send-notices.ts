import { findAsk } from '../db/asks.ts';
import { claimDueMail, type MailRow, settleMail } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Message, SendResult } from '../delivery/mailer.ts';
import { nextTry } from '../delivery/retry.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';

const BATCH = 20;

/**
 * Sends mails to the team that are due: notices of drafts, reminders, alerts. Each at most once, and claimed only when
 * its turn has come: what waits behind a slow server is not given up for lost meanwhile.
 */
export async function sendDueNotices(deps: Deps): Promise<void> {
  for (let sent = 0; sent < BATCH; sent += 1) {
    const mail = await inRetriedTransaction(deps.db, (tx) => claimDueMail<Message>(tx, deps.clock()));
    if (mail === undefined) return;
    await send(deps, mail);
  }
}

async function send(deps: Deps, mail: MailRow<Message>): Promise<void> {
  const { pool } = deps.db;
  if (!(await isWanted(deps, mail))) {
    const reason = 'it is no longer needed';
    await settleMail(pool, mail.id, { status: 'cancelled', reason, at: deps.clock() });
    return;
  }
  const result = await deps.mailer.send(mail.message);
  const now = deps.clock();
  await settleMail(pool, mail.id, { ...verdict(mail, result, now), at: now });
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
