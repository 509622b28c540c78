import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { toInstant, toInstantOrNone } from './rows.ts';

export type DeliveryStatus = 'due' | 'sent' | 'failed';

export type Delivery = {
  readonly id: string;
  readonly webhookId?: string;
  /** Where to, when to no webhook. */
  readonly url?: string;
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly dueAt: Instant;
  /** What the receiver said last, or why there was no answer. */
  readonly answer?: string;
  readonly createdAt: Instant;
  readonly settledAt?: Instant;
};

type DeliveryRow = {
  id: string;
  webhook_id: string | null;
  url: string | null;
  body: string;
  status: DeliveryStatus;
  attempts: number;
  due_at: Date;
  answer: string | null;
  created_at: Date;
  settled_at: Date | null;
};

const DELIVERY = 'id, webhook_id, url, body, status, attempts, due_at, answer, created_at, settled_at';

export type NewDelivery = Pick<Delivery, 'id' | 'webhookId' | 'url' | 'body'>;

/** Puts messages in line, each once. */
export async function insertDeliveries(
  tx: Sql,
  deliveries: readonly NewDelivery[],
  now: Instant,
): Promise<void> {
  if (deliveries.length === 0) return;
  const rows = deliveries.map(({ id, webhookId: w, url: u, body: b }) => ({ i: id, w, u, b }));
  await tx.query(
    `insert into webhook_delivery (id, webhook_id, url, body, status, due_at, created_at)
     select i, w, u, b, 'due', $2, $2 from json_to_recordset($1::json) as d(i text, w text, u text, b text)
     on conflict do nothing`,
    [JSON.stringify(rows), new Date(now)],
  );
}

/** Where messages go: to a webhook, or to a Slack address. */
export type Receiver = Pick<Delivery, 'webhookId' | 'url'>;

/** Everybody for whom a message is due. */
export async function findReceivers(tx: Sql, now: Instant): Promise<Receiver[]> {
  const { rows } = await tx.query<Pick<DeliveryRow, 'webhook_id' | 'url'>>({
    name: 'webhook-receivers',
    text: `select distinct d.webhook_id, d.url from webhook_delivery d left join webhook w on w.id = d.webhook_id
           where d.status = 'due' and d.due_at <= $1 and w.disabled_at is null`,
    values: [new Date(now)],
  });
  return rows.map(({ webhook_id: webhookId, url }) => defined({ webhookId, url }));
}

/**
 * Claims what is due for one receiver, so that one replica posts each; whoever dies meanwhile leaves it due again after
 * `lease`.
 */
export async function claimDeliveries(
  tx: Sql,
  { webhookId, url }: Receiver,
  now: Instant,
  lease: number,
  limit: number,
): Promise<Delivery[]> {
  const { rows } = await tx.query<DeliveryRow>({
    name: 'claim-deliveries',
    text: `update webhook_delivery set attempts = attempts + 1, due_at = $4
           where id in (select d.id from webhook_delivery d left join webhook w on w.id = d.webhook_id
                        where d.status = 'due' and d.due_at <= $3 and w.disabled_at is null
                          and d.webhook_id is not distinct from $1 and d.url is not distinct from $2
                        order by d.due_at, d.id limit $5 for update of d skip locked)
           returning ${DELIVERY}`,
    values: [webhookId ?? null, url ?? null, new Date(now), new Date(now + lease), limit],
  });
  return rows.map(toDelivery);
}

/** Writes what became of a try. False when somebody else has claimed the message since, and its word is the one that counts. */
export async function settleDelivery(
  tx: Sql,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  { status, answer, dueAt, at }: Pick<Delivery, 'status'> & { answer: string; dueAt?: Instant; at: Instant },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update webhook_delivery set status = $3, answer = $4, due_at = coalesce($5, due_at), settled_at = $6
     where id = $1 and attempts = $2 and status = 'due'`,
    [
      id,
      attempts,
      status,
      answer,
      dueAt === undefined ? null : new Date(dueAt),
      status === 'due' ? null : new Date(at),
    ],
  );
  return (rowCount ?? 0) > 0;
}

/** The latest first. */
export async function listDeliveries(tx: Sql, webhookId: string, limit: number): Promise<Delivery[]> {
  const { rows } = await tx.query<DeliveryRow>(
    `select ${DELIVERY} from webhook_delivery where webhook_id = $1 order by created_at desc, id limit $2`,
    [webhookId, limit],
  );
  return rows.map(toDelivery);
}

/** Puts one in line again, from its first try. False when there is none. */
export async function redeliver(tx: Sql, webhookId: string, id: string, now: Instant): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update webhook_delivery set status = 'due', attempts = 0, due_at = $3, settled_at = null where id = $1 and webhook_id = $2`,
    [id, webhookId, new Date(now)],
  );
  return (rowCount ?? 0) > 0;
}

/** Forgets what was settled before an instant, and what waits since then for somebody who does not listen. */
export async function deleteOldDeliveries(tx: Sql, before: Instant, limit: number): Promise<void> {
  await tx.query(
    'delete from webhook_delivery where id in (select id from webhook_delivery where created_at < $1 limit $2)',
    [new Date(before), limit],
  );
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    body: row.body,
    status: row.status,
    attempts: row.attempts,
    dueAt: toInstant(row.due_at),
    createdAt: toInstant(row.created_at),
    ...defined({
      webhookId: row.webhook_id,
      url: row.url,
      answer: row.answer,
      settledAt: toInstantOrNone(row.settled_at),
    }),
  };
}
