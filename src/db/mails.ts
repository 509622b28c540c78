import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { fromJson, toInstant, toInstantOrNone } from './rows.ts';

/** due → sending → sent | kept | failed | unknown; cancelled when it is no longer wanted. */
export type MailStatus = 'due' | 'sending' | 'sent' | 'kept' | 'failed' | 'unknown' | 'cancelled';

/** `ask` goes to the person asked; the others to the team. */
export type MailPurpose = 'ask' | 'draft' | 'reminder' | 'follow_up' | 'digest' | 'alert';

export type MailRow<Message> = {
  readonly id: string;
  readonly accountId: string;
  readonly askId?: string;
  readonly purpose: MailPurpose;
  readonly status: MailStatus;
  readonly statusReason?: string;
  /** Whom it is for, also where it went to somebody else for rehearsal. */
  readonly meantFor: string;
  readonly message: Message;
  readonly dueAt: Instant;
  readonly latestAt?: Instant;
  readonly attempts: number;
  readonly createdAt: Instant;
  readonly settledAt?: Instant;
};

type Row = {
  id: string;
  account_id: string;
  ask_id: string | null;
  purpose: MailPurpose;
  status: MailStatus;
  status_reason: string | null;
  meant_for: string;
  message: string;
  due_at: Date;
  latest_at: Date | null;
  attempts: number;
  created_at: Date;
  settled_at: Date | null;
};

const COLUMNS = `id, account_id, ask_id, purpose, status, status_reason, meant_for, message, due_at, latest_at, attempts,
  created_at, settled_at`;

export type NewMail<Message> = Pick<
  MailRow<Message>,
  'id' | 'accountId' | 'askId' | 'purpose' | 'meantFor' | 'message' | 'dueAt' | 'latestAt'
> & {
  readonly status: 'due' | 'sending';
};

/** Stores a mail to be sent; one that exists is taken up again for its next try. */
export async function putMail<Message>(tx: Sql, mail: NewMail<Message>, now: Instant): Promise<void> {
  await tx.query(
    `insert into mail (id, account_id, ask_id, purpose, status, meant_for, message, due_at, latest_at, claimed_at, attempts, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (id) do update set status = excluded.status, message = excluded.message, meant_for = excluded.meant_for,
       due_at = excluded.due_at, latest_at = excluded.latest_at, status_reason = null, settled_at = null, claimed_at = excluded.claimed_at,
       attempts = mail.attempts + excluded.attempts`,
    [
      mail.id,
      mail.accountId,
      mail.askId ?? null,
      mail.purpose,
      mail.status,
      mail.meantFor,
      JSON.stringify(mail.message),
      new Date(mail.dueAt),
      mail.latestAt === undefined ? null : new Date(mail.latestAt),
      mail.status === 'sending' ? new Date(now) : null,
      mail.status === 'sending' ? 1 : 0,
      new Date(now),
    ],
  );
}

export async function hasMail(tx: Sql, id: string): Promise<boolean> {
  const { rowCount } = await tx.query('select 1 from mail where id = $1', [id]);
  return (rowCount ?? 0) > 0;
}

/** Of the mail that carries an ask to its person. */
export const mailIdOfAsk = (askId: string) => `mail_${askId}`;

export async function findMail<Message>(tx: Sql, id: string): Promise<MailRow<Message> | undefined> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from mail where id = $1`, [id]);
  return rows[0] && toMail<Message>(rows[0]);
}

/** Per domain of receivers: how many mails to customers went out since an instant, and when one was last put off. */
export async function readDomainTraffic(
  tx: Sql,
  since: Instant,
): Promise<Map<string, { count: number; deferredAt?: Instant }>> {
  const { rows } = await tx.query<{ domain: string; count: number; deferred_at: Date | null }>(
    `select lower(substring(m.meant_for from '[^@]*$')) as domain, count(*)::int as count,
            max(m.settled_at) filter (where m.status = 'failed' and a.status = 'scheduled') as deferred_at
     from mail m join ask a on a.id = m.ask_id
     where m.purpose = 'ask' and m.status in ('sending', 'sent', 'failed', 'unknown') and m.due_at > $1
     group by 1`,
    [new Date(since)],
  );
  return new Map(
    rows.map(({ domain, count, deferred_at }) => {
      const deferredAt = toInstantOrNone(deferred_at);
      return [domain, deferredAt === undefined ? { count } : { count, deferredAt }];
    }),
  );
}

/** Claims the mail to the team that has been due longest, so that one replica sends it. The claim counts as a try. */
export async function claimDueMail<Message>(tx: Sql, now: Instant): Promise<MailRow<Message> | undefined> {
  const { rows } = await tx.query<Row>(
    `update mail set status = 'sending', claimed_at = $1, attempts = attempts + 1
     where id in (select id from mail where status = 'due' and due_at <= $1 order by due_at limit 1 for update skip locked)
     returning ${COLUMNS}`,
    [new Date(now)],
  );
  return rows[0] && toMail<Message>(rows[0]);
}

/** Writes what became of a mail that was being sent. False when its claim had been given up for lost. */
export async function settleMail(
  tx: Sql,
  id: string,
  to: {
    readonly status: Exclude<MailStatus, 'sending'>;
    readonly reason?: string;
    readonly dueAt?: Instant;
    readonly at: Instant;
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update mail set status = $2, status_reason = $3, due_at = coalesce($4, due_at), settled_at = $5
     where id = $1 and status = 'sending'`,
    [id, to.status, to.reason ?? null, to.dueAt === undefined ? null : new Date(to.dueAt), new Date(to.at)],
  );
  return (rowCount ?? 0) > 0;
}

/** Mails whose sender has not come back: whether they arrived nobody knows. Returns those given up. */
export async function giveUpLostMails(
  tx: Sql,
  claimedBefore: Instant,
  now: Instant,
): Promise<MailRow<unknown>[]> {
  const { rows } = await tx.query<Row>(
    `update mail set status = 'unknown', status_reason = $3, settled_at = $2 where status = 'sending' and claimed_at < $1
     returning ${COLUMNS}`,
    [
      new Date(claimedBefore),
      new Date(now),
      'the service stopped while it was being sent; it may have arrived',
    ],
  );
  return rows.map((row) => toMail<unknown>(row));
}

/** Takes back mails about an ask that have not gone out. */
export async function cancelMails(tx: Sql, askId: string, now: Instant): Promise<void> {
  await tx.query(
    `update mail set status = 'cancelled', settled_at = $2 where ask_id = $1 and status = 'due'`,
    [askId, new Date(now)],
  );
}

/**
 * Forgets mails that were settled before an instant, but for those about an ask that is still under way: that one was
 * written is why no second reminder and no second question goes out. Returns how many.
 */
export async function deleteOldMails(tx: Sql, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from mail where id in (
       select m.id from mail as m where m.created_at < $1 and m.settled_at < $1 and m.status not in ('due', 'sending')
         and not exists (select 1 from ask as a where a.account_id = m.account_id and a.id = m.ask_id
                         and a.status in ('scheduled', 'open', 'sending', 'delivered'))
       limit $2)`,
    [new Date(before), limit],
  );
  return rowCount ?? 0;
}

/** All mails, the newest first, for operators to read. */
export async function listMails<Message>(tx: Sql, limit: number): Promise<MailRow<Message>[]> {
  const { rows } = await tx.query<Row>(`select ${COLUMNS} from mail order by created_at desc, id limit $1`, [
    limit,
  ]);
  return rows.map((row) => toMail<Message>(row));
}

function toMail<Message>(row: Row): MailRow<Message> {
  return {
    id: row.id,
    accountId: row.account_id,
    purpose: row.purpose,
    status: row.status,
    meantFor: row.meant_for,
    message: fromJson<Message>(row.message),
    dueAt: toInstant(row.due_at),
    attempts: row.attempts,
    createdAt: toInstant(row.created_at),
    ...defined({
      askId: row.ask_id,
      statusReason: row.status_reason,
      latestAt: toInstantOrNone(row.latest_at),
      settledAt: toInstantOrNone(row.settled_at),
    }),
  };
}
