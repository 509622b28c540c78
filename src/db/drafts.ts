import type { Duration, Instant } from '../engine/time.ts';
import { type AskRow, COLUMNS, type Row, toAsk } from './ask-row.ts';
import type { Sql } from './client.ts';

/** Per owner: drafts put before them since an instant, and those that wait for them now. Thanks are left out. */
export async function countDraftsByOwner(
  tx: Sql,
  since: Instant,
): Promise<Map<string, { recent: number; open: number }>> {
  const { rows } = await tx.query<{ owner_email: string; recent: number; open: number }>(
    `select owner_email, count(*) filter (where opened_at > $1)::int as recent,
            count(*) filter (where status = 'open')::int as open
     from ask where channel = 'draft' and kind = 'ask' and owner_email is not null and (opened_at > $1 or status = 'open')
     group by owner_email`,
    [new Date(since)],
  );
  return new Map(rows.map(({ owner_email, recent, open }) => [owner_email, { recent, open }]));
}

/**
 * Scheduled drafts whose time has come, the readiest first; of each owner only as many as there can ever be room for, so
 * that one for whom very many wait keeps nobody else's from being seen.
 */
export async function findDueDrafts(
  tx: Sql,
  now: Instant,
  perOwner: number,
  limit: number,
): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from (
       select *, row_number() over (partition by owner_email order by kind desc, readiness desc, due_at, id) as place
       from ask where status = 'scheduled' and channel = 'draft' and due_at <= $1) as due
     where place <= $2 order by readiness desc, due_at, id limit $3`,
    [new Date(now), perOwner, limit],
  );
  return rows.map(toAsk);
}

/** Asks that owners stand behind, sent between two instants, of which nobody has said what came of them. */
export async function findSentUnanswered(
  tx: Sql,
  from: Instant,
  to: Instant,
  limit: number,
): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask where status = 'delivered' and channel <> 'nudge' and kind = 'ask' and trigger <> 'by_hand'
       and owner_email is not null and delivered_at > $1 and delivered_at <= $2
       and not exists (select 1 from mail where mail.id = 'follow_up_' || ask.id)
     order by delivered_at limit $3`,
    [new Date(from), new Date(to), limit],
  );
  return rows.map(toAsk);
}

/** Drafts that wait for their owner and were not put off, the readiest first. */
export async function findOpenDrafts(tx: Sql, now: Instant, limit: number): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask where ${WAITS} order by readiness desc, due_at, id limit $2`,
    [new Date(now), limit],
  );
  return rows.map(toAsk);
}

/** Those in whose place something else is to go by now, the longest due first; also such as wait for room with their owner. */
export async function findDraftsToReplace(tx: Sql, now: Instant, limit: number): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask
     where status in ('open', 'scheduled') and channel = 'draft' and fallback_at <= $1
       and (snoozed_until is null or snoozed_until <= $1)
     order by fallback_at, id limit $2`,
    [new Date(now), limit],
  );
  return rows.map(toAsk);
}

/**
 * Those that were put aside until now, and those that expire within `before` or have half of their time behind them, of
 * which no reminder was written. A draft that comes back that late is mentioned once for both.
 */
export async function findDraftsToRemind(
  tx: Sql,
  before: Duration,
  now: Instant,
  limit: number,
): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from (
       select *, expires_at - least($3, expires_after / 2) * interval '1 millisecond' as remind_at,
              'reminder_' || id || '_' || (extract(epoch from snoozed_until) * 1000)::bigint as back
       from ask where ${WAITS}) as ask
     where (remind_at <= $1 and (snoozed_until is null or snoozed_until < remind_at)
            and not exists (select 1 from mail where mail.id = 'reminder_' || ask.id))
        or (snoozed_until is not null and not exists (select 1 from mail where mail.id = ask.back))
     order by expires_at, id limit $2`,
    [new Date(now), limit, before],
  );
  return rows.map(toAsk);
}

/** Before their owner, and not put off: `$1` is now. */
const WAITS = `status = 'open' and channel = 'draft' and (snoozed_until is null or snoozed_until <= $1)`;
