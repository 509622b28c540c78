import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { fromJson, toInstant, toInstantOrNone } from './rows.ts';

export type Webhook = {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
  readonly createdAt: Instant;
  /** Since when nothing has got through. */
  readonly failingSince?: Instant;
  readonly disabledAt?: Instant;
  readonly disabledBecause?: string;
};

type WebhookRow = {
  id: string;
  url: string;
  secret: string;
  events: string;
  created_at: Date;
  failing_since: Date | null;
  disabled_at: Date | null;
  disabled_because: string | null;
};

const WEBHOOK = 'id, url, secret, events, created_at, failing_since, disabled_at, disabled_because';

export async function insertWebhook(tx: Sql, { id, url, secret, events, createdAt }: Webhook): Promise<void> {
  await tx.query('insert into webhook (id, url, secret, events, created_at) values ($1, $2, $3, $4, $5)', [
    id,
    url,
    secret,
    JSON.stringify(events),
    new Date(createdAt),
  ]);
}

export async function listWebhooks(tx: Sql): Promise<Webhook[]> {
  const { rows } = await tx.query<WebhookRow>({
    name: 'webhooks',
    text: `select ${WEBHOOK} from webhook order by created_at, id`,
    values: [],
  });
  return rows.map(toWebhook);
}

/** With its messages that have not gone out. False when there is none. */
export async function deleteWebhook(tx: Sql, id: string): Promise<boolean> {
  await tx.query('delete from webhook_delivery where webhook_id = $1', [id]);
  return ((await tx.query('delete from webhook where id = $1', [id])).rowCount ?? 0) > 0;
}

/** Notes that a message got through or did not. */
export async function noteWebhook(
  tx: Sql,
  id: string,
  { ok, at }: { readonly ok: boolean; readonly at: Instant },
): Promise<void> {
  await tx.query(
    `update webhook set failing_since = case when $2 then null else coalesce(failing_since, $3) end
     where id = $1 and (not $2 or failing_since is not null)`,
    [id, ok, new Date(at)],
  );
}

/** Lets it hear no more. False when it does not hear already. */
export async function disableWebhook(
  tx: Sql,
  id: string,
  { because, at }: { readonly because: string; readonly at: Instant },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update webhook set disabled_at = $3, disabled_because = $2 where id = $1 and disabled_at is null',
    [id, because, new Date(at)],
  );
  return (rowCount ?? 0) > 0;
}

/** Lets it hear again. False when there is none. */
export async function enableWebhook(tx: Sql, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update webhook set failing_since = null, disabled_at = null, disabled_because = null where id = $1',
    [id],
  );
  return (rowCount ?? 0) > 0;
}

function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    url: row.url,
    secret: row.secret,
    events: fromJson<readonly string[]>(row.events),
    createdAt: toInstant(row.created_at),
    ...defined({
      failingSince: toInstantOrNone(row.failing_since),
      disabledAt: toInstantOrNone(row.disabled_at),
      disabledBecause: row.disabled_because,
    }),
  };
}
