import { randomBytes } from 'node:crypto';
import { inRetriedTransaction } from '../db/retry.ts';
import { type Delivery, listDeliveries, redeliver } from '../db/webhook-deliveries.ts';
import { deleteWebhook, enableWebhook, insertWebhook, listWebhooks, type Webhook } from '../db/webhooks.ts';
import { hostInside } from '../delivery/post.ts';
import { makeWebhookSecret } from '../delivery/webhook.ts';
import type { Deps } from '../deps.ts';
import { invalidField, Refusal } from '../errors.ts';

const MOST = 50;

/** All that a webhook may hear of. */
export const WEBHOOK_TYPES: readonly string[] = [
  ...['scheduled', 'shown', 'sent', 'accepted', 'declined', 'closed', 'snoozed', 'ignored'].map(
    (step) => `ask.${step}`,
  ),
  ...['submitted', 'qualified', 'meeting_held', 'opportunity', 'won', 'lost', 'churned'].map(
    (stage) => `referral.${stage}`,
  ),
];

/** Subscribes a URL to our events. The secret is told here and never again. */
export async function subscribeWebhook(
  deps: Pick<Deps, 'db' | 'clock' | 'config'>,
  { url, events }: { readonly url: string; readonly events: readonly string[] },
): Promise<Webhook> {
  refuseUnsafe(url, deps.config.WEBHOOKS_TO_PRIVATE);
  const id = `wh_${randomBytes(9).toString('hex')}`;
  const webhook = { id, url, events, secret: makeWebhookSecret(), createdAt: deps.clock() };
  await inRetriedTransaction(deps.db, async (tx) => {
    if ((await listWebhooks(tx)).length >= MOST)
      throw new Refusal('conflict', `There are ${MOST} webhooks, which is the most; delete one first.`);
    await insertWebhook(tx, webhook);
  });
  return webhook;
}

// A name is looked at when it is resolved, at each delivery; an address can be told at once.
function refuseUnsafe(url: string, allowPrivate: boolean): void {
  if (allowPrivate) return;
  const host = hostInside(url);
  const allowed = 'set WEBHOOKS_TO_PRIVATE=true to allow that';
  if (host !== undefined) throw invalidField('url', `${host} lies inside this network; ${allowed}`);
  // What customers do and say goes over no open network in clear.
  if (!url.startsWith('https:'))
    throw invalidField('url', `expected https://; for http:// inside this network ${allowed}`);
}

export const readWebhooks = (deps: Pick<Deps, 'db'>): Promise<Webhook[]> => listWebhooks(deps.db.pool);

export async function unsubscribeWebhook(deps: Pick<Deps, 'db'>, id: string): Promise<void> {
  if (!(await inRetriedTransaction(deps.db, (tx) => deleteWebhook(tx, id)))) throw unknown(id);
}

/** Has a webhook that was disabled hear again, beginning with what has waited for it. */
export async function resumeWebhook(deps: Pick<Deps, 'db' | 'wake'>, id: string): Promise<void> {
  if (!(await enableWebhook(deps.db.pool, id))) throw unknown(id);
}

/** What it was told lately, and what it said to that. */
export async function readDeliveries(deps: Pick<Deps, 'db'>, id: string, limit: number): Promise<Delivery[]> {
  if (!(await listWebhooks(deps.db.pool)).some((webhook) => webhook.id === id)) throw unknown(id);
  return listDeliveries(deps.db.pool, id, limit);
}

/** Tells it once more, under the same id. */
export async function tellAgain(
  deps: Pick<Deps, 'db' | 'clock'>,
  id: string,
  deliveryId: string,
): Promise<void> {
  if (!(await redeliver(deps.db.pool, id, deliveryId, deps.clock())))
    throw new Refusal('not_found', `The webhook has no message "${deliveryId.slice(0, 100)}".`);
}

const unknown = (id: string) => new Refusal('not_found', `There is no webhook "${id.slice(0, 100)}".`);
