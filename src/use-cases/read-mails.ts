import { listMails, type MailRow } from '../db/mails.ts';
import type { Message } from '../delivery/mailer.ts';
import type { Deps } from '../deps.ts';

/** The mails that were kept, sent or failed, the newest first. */
export function readMails(deps: Pick<Deps, 'db'>, limit = 100): Promise<MailRow<Message>[]> {
  return listMails<Message>(deps.db.pool, limit);
}
