import { type Request, type Response, Router } from 'express';
import type { Deps } from '../deps.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { statusOf } from '../http/problem.ts';
import { actOnDraft, DISMISSALS, type DraftAction } from '../use-cases/act-on-draft.ts';
import { noteIntroduction } from '../use-cases/note-introduction.ts';
import { readDraftPage } from '../use-cases/read-draft-page.ts';
import { draftPage } from './draft-page.ts';
import { toEml } from './eml.ts';
import { type Form, formOf, fromOurPages, rawForm, withLabel } from './form.ts';
import { idIn } from './id-in.ts';
import { sendPage } from './page.ts';

const DONE: ReadonlyMap<string, string> = new Map([
  ['save', 'Saved.'],
  ['sent', 'Noted as sent. Thank you.'],
  ['snooze', 'Put aside.'],
  ['dismiss', 'Dismissed. Thank you for saying why.'],
  ['accepted', 'Noted: they said yes.'],
  ['declined', 'Noted: they would rather not. They will be left in peace.'],
  ['ignored', 'Noted: they did not answer.'],
  ['introduced', 'Noted. Thank you, and they will hear how it goes.'],
  ['hold', 'Nobody at this account is asked until then.'],
  ['instead', 'A draft for them is on its way to you.'],
]);

/** The page of a draft, for the owner of the account. */
export function draftRoutes(deps: Deps, base: string): Router {
  const router = Router();

  router.get('/d/:token', async (req, res) => {
    const draft = await readDraftPage(deps, idIn(deps, 'draft', req));
    if (req.query['file'] === 'eml') {
      res.attachment('draft.eml').type('message/rfc822').send(toEml(draft));
      return;
    }
    sendPage(res, base, draftPage(draft, { done: DONE.get(String(req.query['done'])) }));
  });

  router.post(
    '/d/:token',
    fromOurPages(deps.config.BASE_URL),
    rawForm,
    async (req: Request, res: Response) => {
      const askId = idIn(deps, 'draft', req);
      const form = await formOf(req);
      try {
        if (form.get('action') === 'introduced') await noteIntroduction(deps, askId, introductionIn(form));
        else await actOnDraft(deps, askId, actionIn(form));
        res.redirect(303, `?done=${form.get('action')}`);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'not_found') throw error;
        const draft = await readDraftPage(deps, askId);
        const problem = withLabel(error.message, 'Their work email');
        sendPage(res, base, draftPage(draft, { problem, status: statusOf(error.code), typed: form }));
      }
    },
  );

  return router;
}

function actionIn(form: Form): DraftAction {
  const action = form.get('action');
  switch (action) {
    case 'save':
    case 'sent':
      return {
        kind: action,
        subject: form.get('subject') ?? '',
        text: form.get('text') ?? '',
        seen: form.get('seen') ?? '',
      };
    case 'snooze':
      return { kind: 'snooze', for: (SNOOZES.get(form.get('for') ?? '') ?? 1) * DAY };
    case 'dismiss': {
      const reason = DISMISSALS.find((name) => name === form.get('reason'));
      if (reason === undefined)
        throw new Refusal('invalid', 'Please choose why it is not this one. Nothing was done.');
      return { kind: 'dismiss', reason, owner: form.get('owner') };
    }
    case 'hold':
      return { kind: 'hold', until: dayIn(form), reason: form.get('why') ?? '' };
    case 'instead':
      return { kind: 'instead', personId: form.get('person') ?? '' };
    case 'accepted':
    case 'declined':
    case 'ignored':
      return { kind: 'answered', outcome: action };
    default:
      throw new Refusal('invalid', 'This page knows no such button. Nothing was done.');
  }
}

/** The start of the day, by UTC. */
function dayIn(form: Form): Instant {
  const given = form.get('until') ?? '';
  const at = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new Refusal('invalid', 'Please choose a day. Nothing was done.');
  // JavaScript reads 30 February as 2 March.
  if (new Date(at).toISOString().slice(0, 10) !== given)
    throw new Refusal('invalid', `There is no ${given}. Please choose another day. Nothing was done.`);
  return at;
}

const introductionIn = (form: Form) => ({
  name: form.get('name') ?? '',
  email: form.get('email') ?? '',
  company: form.get('company') ?? '',
});

/** In days. */
const SNOOZES: ReadonlyMap<string, number> = new Map([
  ['1d', 1],
  ['3d', 3],
  ['7d', 7],
]);
