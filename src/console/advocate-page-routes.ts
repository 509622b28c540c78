import { type Request, type Response, Router } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { statusOf } from '../http/problem.ts';
import { setNaming, stopAsking } from '../use-cases/answer-as-advocate.ts';
import { readAdvocatePage } from '../use-cases/read-advocate-page.ts';
import { submitReferral } from '../use-cases/submit-referral.ts';
import { advocatePage } from './advocate-page.ts';
import { type Form, formOf, fromOurPages, rawForm, withLabel } from './form.ts';
import { idIn } from './id-in.ts';
import { sendPage } from './page.ts';

const DONE: ReadonlyMap<string, string> = new Map([
  ['introduce', 'Thank you. We will write to them, and tell you how it goes.'],
  ['named', 'Noted. People you introduce are told that it came from you.'],
  ['unnamed', 'Noted. Your name is left out.'],
  ['rather_not', 'Noted. You will not be asked again.'],
]);

/** An advocate's own page, behind the link in what they were sent. */
export function advocatePageRoutes(deps: Deps, base: string): Router {
  const router = Router();

  router.get('/a/:token', async (req, res) => {
    const page = await readAdvocatePage(deps, idIn(deps, 'advocate', req));
    sendPage(res, base, advocatePage(page, { done: DONE.get(String(req.query['done'])) }));
  });

  router.post(
    '/a/:token',
    fromOurPages(deps.config.BASE_URL),
    rawForm,
    async (req: Request, res: Response) => {
      const code = idIn(deps, 'advocate', req);
      const form = await formOf(req);
      try {
        await act(deps, code, form);
        res.redirect(303, `?done=${form.get('action')}`);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'not_found') throw error;
        const page = await readAdvocatePage(deps, code);
        const said = withLabel(error.message, 'Their work email').replace(/\.$/, '');
        const problem = `${said}. Nothing was done.`;
        sendPage(res, base, advocatePage(page, { problem, status: statusOf(error.code), typed: form }));
      }
    },
  );

  return router;
}

async function act(deps: Deps, code: string, form: Form): Promise<unknown> {
  const action = form.get('action');
  switch (action) {
    case 'introduce':
      return submitReferral(deps, {
        advocate: code,
        email: form.get('email') ?? '',
        company: form.get('company') ?? '',
        name: form.get('name'),
        note: form.get('note'),
      });
    case 'named':
    case 'unnamed':
      return setNaming(deps, code, action === 'named');
    case 'rather_not':
      return stopAsking(deps, code);
    default:
      throw new Refusal('invalid', 'This page knows no such button.');
  }
}
