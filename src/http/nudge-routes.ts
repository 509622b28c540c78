import { createHash } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { parseDuration } from '../engine/time.ts';
import { offerNudges } from '../use-cases/offer-nudges.ts';
import { type Outcome, recordOutcome } from '../use-cases/record-outcome.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { parse } from './parse.ts';
import { presentAskOutcome } from './present-ask.ts';
import { requireUser } from './require-key.ts';

const POLL_AFTER_SECONDS = 60;

const Query = z.object({ account_id: z.string().min(1).max(200).optional() });

const Snooze = z.strictObject({
  for: z
    .string()
    .transform((text, context) => {
      const length = parseDuration(text);
      if (length === undefined)
        context.addIssue(`expected a length like 12h or 7d, got "${text.slice(0, 50)}"`);
      return length ?? 0;
    })
    .optional(),
});

const OUTCOMES: readonly Outcome[] = ['shown', 'accepted', 'declined', 'closed', 'snoozed'];

/** Where product apps poll for nudges, and report what the person did with them. */
export function nudgeRoutes(deps: Deps): Router {
  const router = Router();
  router.use((req, res, next) => {
    allowOrigin(req, res, deps.config.ALLOWED_ORIGINS);
    if (req.method === 'OPTIONS') answerPreflight(req, res, ['GET', 'POST']);
    else next();
  });

  // A user we do not know, an account they are not in and a user without a nudge get the same empty answer.
  router.get('/', async (req, res) => {
    const userId = await requireUser(deps, req);
    const { account_id: accountId } = parse(Query, req.query);
    const nudges = await offerNudges(deps, userId, accountId);
    const body = JSON.stringify({ nudges, poll_after: POLL_AFTER_SECONDS });
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    res.setHeader('ETag', etag);
    res.setHeader('Cache-Control', 'private, no-cache');
    if (req.headers['if-none-match'] === etag) res.status(304).end();
    else res.type('application/json').send(body);
  });

  for (const outcome of OUTCOMES) {
    router.post(`/:id/${outcome}`, async (req, res) => {
      const personId = await requireUser(deps, req);
      const body = outcome === 'snoozed' ? parse(Snooze, req.body) : {};
      const length = 'for' in body && body.for !== undefined ? { for: body.for } : {};
      const ask = await recordOutcome(deps, {
        askId: req.params.id,
        outcome,
        by: 'product_app',
        personId,
        ...length,
      });
      res.json(presentAskOutcome(ask));
    });
  }
  return router;
}
