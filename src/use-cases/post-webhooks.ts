import type { Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import {
  claimDeliveries,
  type Delivery,
  findReceivers,
  type Receiver,
  settleDelivery,
} from '../db/webhook-deliveries.ts';
import { disableWebhook, listWebhooks, noteWebhook, type Webhook } from '../db/webhooks.ts';
import { type Posted, post } from '../delivery/post.ts';
import { nextPost, signatureHeaders } from '../delivery/webhook.ts';
import type { Deps } from '../deps.ts';
import { DAY, type Instant, MINUTE, SECOND } from '../engine/time.ts';
import { alertOperators } from './alert-operators.ts';
import { oneByOne } from './one-by-one.ts';

/** To one receiver. */
const AT_ONCE = 8;
/** Longer than a post may take, which is 30 s. */
const LEASE = 2 * MINUTE;
/** For so long a run begins posts. Nobody who has nothing due waits for the next run longer than this and one post. */
const RUN = 30 * SECOND;
/** A receiver that has been out for so long is given up. */
const GIVE_UP_AFTER = 5 * DAY;

/** Posts what is due, to each receiver by itself: one that is slow, or for whom very much waits, keeps nobody waiting. */
export async function postWebhooks(deps: Deps): Promise<void> {
  const began = deps.clock();
  const receivers = await findReceivers(deps.db.pool, began);
  if (receivers.length === 0) return;
  const webhooks = new Map((await listWebhooks(deps.db.pool)).map((webhook) => [webhook.id, webhook]));
  const done = await Promise.allSettled(
    receivers.map((receiver) => postTo(deps, receiver, webhooks.get(receiver.webhookId ?? ''), began + RUN)),
  );
  for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason;
}

async function postTo(
  deps: Deps,
  receiver: Receiver,
  webhook: Webhook | undefined,
  until: Instant,
): Promise<void> {
  for (let count = AT_ONCE; count === AT_ONCE && deps.clock() < until; ) {
    const claimed = await inRetriedTransaction(deps.db, (tx) =>
      claimDeliveries(tx, receiver, deps.clock(), LEASE, AT_ONCE),
    );
    const post = (delivery: Delivery) => postOne(deps, delivery, webhook);
    await Promise.all(claimed.map((delivery) => oneByOne(deps, [delivery], post)));
    count = claimed.length;
  }
}

async function postOne(deps: Deps, delivery: Delivery, webhook: Webhook | undefined): Promise<void> {
  const url = delivery.url ?? webhook?.url;
  if (url === undefined) return; // deleted since
  const { id, body } = delivery;
  const headers = webhook === undefined ? {} : signatureHeaders(webhook.secret, id, body, deps.clock());
  const posted = await post(url, body, headers, { allowPrivate: deps.config.WEBHOOKS_TO_PRIVATE });
  await settle(deps, delivery, webhook, posted);
}

async function settle(
  deps: Deps,
  delivery: Delivery,
  webhook: Webhook | undefined,
  posted: Posted,
): Promise<void> {
  const at = deps.clock();
  const { answer } = posted;
  const again = posted.status === 'failed' && !posted.gone ? nextPost(delivery.attempts, at) : undefined;
  const because = webhook && reasonToDisable(webhook, posted, at);
  await inRetriedTransaction(deps.db, async (tx) => {
    const settled =
      again === undefined
        ? await settleDelivery(tx, delivery, { status: posted.status, answer, at })
        : await settleDelivery(tx, delivery, { status: 'due', answer, dueAt: again, at });
    if (webhook === undefined || !settled) return;
    await noteWebhook(tx, webhook.id, { ok: posted.status === 'sent', at });
    // Of several messages that are turned down at once, the first is the news.
    if (because !== undefined && (await disableWebhook(tx, webhook.id, { because, at })))
      await tellOperators(deps, tx, webhook, because);
  });
}

function reasonToDisable({ failingSince }: Webhook, posted: Posted, now: number): string | undefined {
  if (posted.status === 'sent') return undefined;
  if (posted.gone) return 'it answered 410: it wants no more';
  if (failingSince !== undefined && now - failingSince > GIVE_UP_AFTER)
    return `nothing got through for five days; the last answer: ${posted.answer}`;
  return undefined;
}

function tellOperators(deps: Deps, tx: Sql, { id, url }: Webhook, reason: string): Promise<void> {
  const { origin } = new URL(url);
  const text = `The webhook ${id} to ${origin} hears no more: ${reason}.

When its receiver works again, POST /v1/webhooks/${id}/enable; it is then told what it has missed in the last 30 days.
`;
  return alertOperators(deps, tx, {
    id: `alert_${id}_${deps.clock()}`,
    subject: `A webhook is disabled: ${origin}`,
    text,
  });
}
