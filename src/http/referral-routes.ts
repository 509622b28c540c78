import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { STAGES } from '../referrals/stage.ts';
import { moveReferral } from '../use-cases/move-referral.ts';
import { readReferral, readReferrals } from '../use-cases/read-referrals.ts';
import { submitReferral } from '../use-cases/submit-referral.ts';
import { InstantField, idOf } from './fields.ts';
import { parse, parseQuery } from './parse.ts';
import { presentReferral } from './present-referral.ts';
import { secretWithBody } from './require-key.ts';

const short = z.string().trim().min(1).max(200);

const Submission = z.strictObject({
  advocate: short,
  email: z.string().trim().min(1).max(320),
  company: short,
  name: z.string().trim().max(200).nullish(),
  role: z.string().trim().max(200).nullish(),
  note: z.string().trim().max(2000).nullish(),
  ask_id: short.nullish(),
});

const StageMove = z.strictObject({
  stage: z.enum(STAGES),
  acv: z.number().nonnegative().nullish(),
  at: InstantField.nullish(),
});

const Query = z.strictObject({
  stage: z.enum(STAGES).optional(),
  company: z.string().trim().toLowerCase().max(320).optional(),
  user_id: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional(),
});

/** Introductions made elsewhere, and how far each has come. Under `/v1`. */
export function referralRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  // Safe to send again: the same advocate and company inside the window is the same referral, answered 200.
  router.post('/referrals', secret, async (req, res) => {
    const { ask_id: askId, name, role, note, ...body } = parse(Submission, req.body);
    const optional = {
      name: name ?? undefined,
      role: role ?? undefined,
      note: note ?? undefined,
      askId: askId ?? undefined,
    };
    const { referral, joined } = await submitReferral(deps, { ...body, ...optional });
    res.status(joined ? 200 : 201).json(presentReferral(referral));
  });

  router.get('/referrals', secret, async (req, res) => {
    const { user_id: personId, ...query } = parseQuery(Query, req.query);
    const { referrals, cursor } = await readReferrals(deps, { ...query, personId });
    res.json({ referrals: referrals.map(presentReferral), cursor: cursor ?? null });
  });

  router.get('/referrals/:id', secret, async (req, res) => {
    res.json(presentReferral(await readReferral(deps, idOf(req.params))));
  });

  router.post('/referrals/:id/stage', secret, async (req, res) => {
    const { stage, acv, at } = parse(StageMove, req.body);
    const move = { stage, acv: acv ?? undefined, at: at ?? undefined };
    const { referral, credited } = await moveReferral(deps, idOf(req.params), move);
    res.json({ ...presentReferral(referral), credited });
  });

  return router;
}
