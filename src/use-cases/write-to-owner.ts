import type { Sql } from '../db/client.ts';
import { type MailPurpose, putMail, settleMail } from '../db/mails.ts';
import { type Correspondent, composeEmail, messageId, type RenderedMail } from '../delivery/email.ts';
import type { Message } from '../delivery/mailer.ts';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';

export type OwnerMail = {
  /** One mail for each id, however often it is written. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly askId?: string;
  readonly purpose: Exclude<MailPurpose, 'ask'>;
  readonly to: Correspondent;
  readonly rendered: RenderedMail;
  /** Past it nobody wants it any more. */
  readonly latestAt?: Instant;
};

/**
 * Puts a mail to somebody of the team in the queue, to go out with the next tick. One that cannot be addressed is kept
 * as failed: there it can be seen, and it is not written again and again.
 */
export async function writeToOwner(
  deps: Pick<Deps, 'config' | 'log'>,
  tx: Sql,
  { to, rendered, ...mail }: OwnerMail,
  now: Instant,
): Promise<void> {
  const composed = composeEmail({ id: mail.id, purpose: 'owner', to, rendered }, deps.config);
  if ('fault' in composed) {
    deps.log.warn({ mail: mail.id, fault: composed.fault }, 'an owner could not be written to');
    const message = neverToBeSent(mail.id, to.address, rendered, deps.config.MAIL_FROM);
    await putMail(tx, { ...mail, status: 'sending', meantFor: to.address, message, dueAt: now }, now);
    await settleMail(tx, mail.id, { status: 'failed', reason: composed.fault, at: now });
    return;
  }
  const { message } = composed;
  await putMail(tx, { ...mail, status: 'due', meantFor: to.address, message, dueAt: now }, now);
}

/** What it would have said, for those who look after the mail. */
const neverToBeSent = (id: string, to: string, rendered: RenderedMail, from: string): Message => ({
  ...rendered,
  messageId: messageId(id, from),
  from: { name: 'Goodturn', address: from },
  to: { name: '', address: to },
  headers: {},
});
