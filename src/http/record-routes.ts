import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { iso } from '../engine/time.ts';
import { listAsks, listDecisions, listRejections } from '../use-cases/read-records.ts';
import { recordOutcome } from '../use-cases/record-outcome.ts';
import { idOf } from './fields.ts';
import { parseQuery } from './parse.ts';
import { presentGates } from './present-account.ts';
import { presentAsk } from './present-ask.ts';
import { secretWithBody } from './require-key.ts';

const Page = {
  account_id: z.string().max(200).optional(),
  trigger: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};
const AskQuery = z.strictObject({
  ...Page,
  status: z.string().max(20).optional(),
  person_id: z.string().max(200).optional(),
});
const DecisionQuery = z.strictObject({ ...Page, verdict: z.enum(['ask', 'hold']).optional() });

/** The record: what was asked, what was decided and why, and what was refused. */
export function recordRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  router.get('/asks', secret, async (req, res) => {
    const { account_id: accountId, person_id: personId, ...query } = parseQuery(AskQuery, req.query);
    res.json({ asks: (await listAsks(deps, { ...query, accountId, personId })).map(presentAsk) });
  });

  for (const outcome of ['accepted', 'declined'] as const) {
    router.post(`/asks/:id/${outcome}`, secret, async (req, res) => {
      res.json(
        presentAsk(await recordOutcome(deps, { askId: idOf(req.params), outcome, by: 'growth_team' })),
      );
    });
  }

  router.get('/decisions', secret, async (req, res) => {
    const { account_id: accountId, ...query } = parseQuery(DecisionQuery, req.query);
    const decisions = await listDecisions(deps, { ...query, accountId });
    res.json({ decisions: decisions.map(presentDecision) });
  });

  router.get('/rejections', secret, async (req, res) => {
    const { limit } = parseQuery(z.strictObject({ limit: Page.limit }), req.query);
    const { total, latest } = await listRejections(deps, limit);
    res.json({
      total,
      latest: latest.map(({ at, source, messages, messageId, reason, excerpt }) => ({
        at: at.toISOString(),
        source,
        messages,
        message_id: messageId,
        reason,
        excerpt,
      })),
    });
  });
  return router;
}

function presentDecision(decision: Awaited<ReturnType<typeof listDecisions>>[number]) {
  return {
    at: iso(decision.at.getTime()),
    account: decision.accountId,
    trigger: decision.trigger,
    cycle: decision.cycle,
    verdict: decision.verdict,
    shadow: decision.shadow,
    person: decision.personId,
    readiness: decision.readiness,
    gates: presentGates(decision.gates),
    catalog: decision.catalogHash,
  };
}
