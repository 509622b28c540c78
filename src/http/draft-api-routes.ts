import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { DAY, type Duration, parseDuration } from '../engine/time.ts';
import { actOnDraft, DISMISSALS } from '../use-cases/act-on-draft.ts';
import { readDraftPage } from '../use-cases/read-draft-page.ts';
import { recordAskByHand } from '../use-cases/record-ask-by-hand.ts';
import { InstantField, idOf } from './fields.ts';
import { parse } from './parse.ts';
import { presentAsk } from './present-ask.ts';
import { secretWithBody } from './require-key.ts';

const Words = z.strictObject({
  subject: z.string().max(200).optional(),
  text: z.string().min(1).max(20_000).optional(),
});
const Snooze = z.strictObject({
  for: z
    .string()
    .regex(/^\d{1,6}[smhdw]$/, 'expected a length like 12h or 3d')
    .transform((text): Duration => parseDuration(text) ?? DAY)
    .refine((length) => length > 0 && length <= 30 * DAY, 'expected a length of at most 30d')
    .default(3 * DAY),
});
const Dismiss = z.strictObject({ reason: z.enum(DISMISSALS) });
const ByHand = z.strictObject({
  account_id: z.string().min(1).max(200),
  user_id: z.string().min(1).max(200),
  channel: z.enum(['nudge', 'draft', 'email']).default('draft'),
  at: InstantField.optional(),
  outcome: z.enum(['accepted', 'declined']).optional(),
  note: z.string().trim().max(500).optional(),
});

/** Drafts for tools other than the page, and asks that were made outside the tool. */
export function draftApiRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  // Safe to send again: the same account, person and instant is the same ask, answered 200.
  router.post('/asks', secret, async (req, res) => {
    const { account_id: accountId, user_id: personId, ...rest } = parse(ByHand, req.body);
    const { ask, isNew } = await recordAskByHand(deps, { accountId, personId, ...rest });
    res.status(isNew ? 201 : 200).json(presentAsk(ask));
  });
  for (const [step, kind] of [
    ['edit', 'save'],
    ['send', 'sent'],
  ] as const) {
    router.post(`/asks/:id/${step}`, secret, async (req, res) => {
      const words = await wordsOf(deps, idOf(req.params), parse(Words, req.body));
      res.json(presentAsk(await actOnDraft(deps, idOf(req.params), { kind, ...words })));
    });
  }
  router.post('/asks/:id/snooze', secret, async (req, res) => {
    const action = { kind: 'snooze', ...parse(Snooze, req.body) } as const;
    res.json(presentAsk(await actOnDraft(deps, idOf(req.params), action)));
  });
  router.post('/asks/:id/dismiss', secret, async (req, res) => {
    const action = { kind: 'dismiss', ...parse(Dismiss, req.body) } as const;
    res.json(presentAsk(await actOnDraft(deps, idOf(req.params), action)));
  });
  return router;
}

/** What is left out stays as it is. */
async function wordsOf(deps: Deps, id: string, given: z.output<typeof Words>) {
  const { draft, seen } = await readDraftPage(deps, id);
  return { subject: given.subject ?? draft.subject, text: given.text ?? draft.text, seen };
}
