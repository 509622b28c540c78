import type { Sql } from '../db/client.ts';
import { type MailPurpose, putMail } from '../db/mails.ts';
import { type Correspondent, composeEmail, type RenderedMail } from '../delivery/email.ts';
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

/** Puts a mail to somebody of the team in the queue, to go out with the next tick. */
export async function writeToOwner(
  deps: Pick<Deps, 'config' | 'log'>,
  tx: Sql,
  { to, rendered, ...mail }: OwnerMail,
  now: Instant,
): Promise<void> {
  const composed = composeEmail({ id: mail.id, purpose: 'owner', to, rendered }, deps.config);
  if ('fault' in composed) {
    deps.log.warn({ mail: mail.id, fault: composed.fault }, 'an owner could not be written to');
    return;
  }
  const { message } = composed;
  await putMail(tx, { ...mail, status: 'due', meantFor: to.address, message, dueAt: now }, now);
}
