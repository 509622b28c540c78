import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { parseDuration } from '../engine/time.ts';
import { type Outcome, recordOutcome } from '../use-cases/record-outcome.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { idOf } from './fields.ts';
import { jsonBody } from './json-body.ts';
import { parse } from './parse.ts';
import { presentAskOutcome } from './present-ask.ts';
import { requireUser, requireUserToken } from './require-key.ts';

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

/** Where product apps report what a person did with a nudge. Polls are answered in front of Express. */
export function nudgeRoutes(deps: Deps): Router {
  const router = Router();
  router.use((req, res, next) => {
    allowOrigin(req, res, deps.config.ALLOWED_ORIGINS);
    if (req.method === 'OPTIONS') answerPreflight(req, res, ['GET', 'POST']);
    else next();
  });

  const known: RequestHandler = (req, _res, next) => {
    requireUserToken(deps, req);
    next();
  };
  for (const outcome of OUTCOMES) {
    router.post(`/:id/${outcome}`, known, jsonBody(), async (req, res) => {
      const personId = await requireUser(deps, req);
      const body = outcome === 'snoozed' ? parse(Snooze, req.body) : {};
      const length = 'for' in body && body.for !== undefined ? { for: body.for } : {};
      const ask = await recordOutcome(deps, {
        askId: idOf(req.params),
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
