import { Router } from 'express';
import { z } from 'zod';
import type { Delivery } from '../db/webhook-deliveries.ts';
import type { Webhook } from '../db/webhooks.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../engine/time.ts';
import {
  readDeliveries,
  readWebhooks,
  resumeWebhook,
  subscribeWebhook,
  tellAgain,
  unsubscribeWebhook,
  WEBHOOK_TYPES,
} from '../use-cases/manage-webhooks.ts';
import { idOf } from './fields.ts';
import { parse, parseQuery } from './parse.ts';
import { secretWithBody } from './require-key.ts';

const Subscription = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected a URL that starts with https:// or http://' })
    .max(2000),
  events: z
    .array(
      z.enum(['*', 'ask.*', 'referral.*', ...WEBHOOK_TYPES], {
        error: `expected *, ask.*, referral.* or one of ${WEBHOOK_TYPES.join(', ')}`,
      }),
    )
    .min(1)
    .max(50)
    .default(['*']),
});
const Query = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) });

/** Who is told of asks, outcomes and referrals by a signed POST. Under `/v1`. */
export function webhookRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  router.post('/webhooks', secret, async (req, res) => {
    const webhook = await subscribeWebhook(deps, parse(Subscription, req.body));
    res.status(201).json({ ...presentWebhook(webhook), secret: webhook.secret });
  });
  router.get('/webhooks', secret, async (_req, res) => {
    res.json({ webhooks: (await readWebhooks(deps)).map(presentWebhook) });
  });
  router.delete('/webhooks/:id', secret, async (req, res) => {
    await unsubscribeWebhook(deps, idOf(req.params));
    res.status(204).end();
  });
  router.post('/webhooks/:id/enable', secret, async (req, res) => {
    await resumeWebhook(deps, idOf(req.params));
    res.status(204).end();
  });
  router.get('/webhooks/:id/deliveries', secret, async (req, res) => {
    const { limit } = parseQuery(Query, req.query);
    res.json({ deliveries: (await readDeliveries(deps, idOf(req.params), limit)).map(presentDelivery) });
  });
  router.post('/webhooks/:id/deliveries/:delivery/redeliver', secret, async (req, res) => {
    await tellAgain(deps, idOf(req.params), String(req.params['delivery']));
    res.status(204).end();
  });
  return router;
}

const presentWebhook = ({
  id,
  url,
  events,
  createdAt,
  failingSince,
  disabledAt,
  disabledBecause,
}: Webhook) => ({
  id,
  url,
  events,
  created_at: iso(createdAt),
  failing_since: iso(failingSince),
  disabled_at: iso(disabledAt),
  disabled_because: disabledBecause ?? null,
});

const presentDelivery = ({ id, status, attempts, dueAt, answer, createdAt, settledAt, body }: Delivery) => ({
  id,
  status,
  attempts,
  due_at: status === 'due' ? iso(dueAt) : null,
  answer: answer ?? null,
  created_at: iso(createdAt),
  settled_at: iso(settledAt),
  body: JSON.parse(body) as unknown,
});
