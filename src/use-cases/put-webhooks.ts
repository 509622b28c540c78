import { createHash } from 'node:crypto';
import type { Sql } from '../db/client.ts';
import type { StoredEvent } from '../db/events.ts';
import { insertDeliveries } from '../db/webhook-deliveries.ts';
import { listWebhooks } from '../db/webhooks.ts';
import { hears, webhookBody, webhookType } from '../delivery/webhook.ts';
import type { Instant } from '../engine/time.ts';

/** Puts our own events in line for every webhook that wants them, in the transaction that stores them. */
export async function putWebhooks(tx: Sql, own: readonly StoredEvent[], now: Instant): Promise<void> {
  if (own.length === 0) return;
  const webhooks = (await listWebhooks(tx)).filter(({ disabledAt }) => disabledAt === undefined);
  const deliveries = webhooks.flatMap(({ id: webhookId, events }) =>
    own
      .filter(({ name }) => hears(events, webhookType(name)))
      .map((event) => ({
        id: deliveryId(webhookId, event.id),
        webhookId,
        body: webhookBody({ ...event, at: event.occurredAt }),
      })),
  );
  await insertDeliveries(tx, deliveries, now);
}

/** The same for the same news to the same webhook: receivers know by it what they have had. */
export const deliveryId = (to: string, what: string): string =>
  `msg_${createHash('sha256')
    .update(JSON.stringify([to, what]))
    .digest('hex')
    .slice(0, 32)}`;
