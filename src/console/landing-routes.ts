import { randomBytes } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { Deps } from '../deps.ts';
import { DAY } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { statusOf } from '../http/problem.ts';
import { countClick, readLandingPage } from '../use-cases/read-landing-page.ts';
import { submitReferral } from '../use-cases/submit-referral.ts';
import { type Form, formOf, fromOurPages, rawForm, withLabel } from './form.ts';
import { landingPage } from './landing-page.ts';
import { sendPage } from './page.ts';

const COOKIE = 'goodturn_visitor';

/** Where an advocate's link leads: our own page, or the one that was configured. */
export function landingRoutes(deps: Deps, base: string): Router {
  const router = Router();

  router.get('/r/:code', async (req, res) => {
    const page = await readLandingPage(deps, req.params.code);
    // Only what a person's browser does counts: no HEAD, and nothing that is fetched ahead of a click.
    if (req.method === 'GET' && !/prefetch/i.test(req.get('sec-purpose') ?? req.get('purpose') ?? '')) {
      await countClick(deps, page.code, rememberVisitor(deps, base, req, res));
    }
    if (page.redirect !== null) res.redirect(302, page.redirect);
    else sendPage(res, base, landingPage(page, { done: req.query['done'] !== undefined }));
  });

  router.post(
    '/r/:code',
    fromOurPages(deps.config.BASE_URL),
    rawForm,
    async (req: Request, res: Response) => {
      const page = await readLandingPage(deps, String(req.params['code']));
      const form = await formOf(req);
      try {
        // Only programs fill in what nobody sees; they are told the same as everyone.
        if (!form.get('website')) await submitReferral(deps, submissionIn(page.code, form));
        res.redirect(303, '?done');
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        sendPage(
          res,
          base,
          landingPage(page, {
            done: false,
            problem: withLabel(error.message, 'Your work email'),
            typed: form,
            status: statusOf(error.code),
          }),
        );
      }
    },
  );

  return router;
}

function submissionIn(code: string, form: Form) {
  const company = form.get('company')?.trim() ?? '';
  if (company === '') throw new Refusal('invalid', 'Please tell us the name of your company.');
  return {
    advocate: code,
    email: form.get('email') ?? '',
    company,
    name: form.get('name'),
    role: form.get('role'),
    note: form.get('note'),
  };
}

/** A random name for the browser, so that a second click that day is not counted again. */
function rememberVisitor(deps: Pick<Deps, 'config'>, base: string, req: Request, res: Response): string {
  const [, known] =
    new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{22})(?:;|$)`).exec(req.get('cookie') ?? '') ?? [];
  if (known !== undefined) return known;
  const visitor = randomBytes(16).toString('base64url');
  res.cookie(COOKIE, visitor, {
    path: `${base}/r`,
    maxAge: 90 * DAY,
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.config.BASE_URL.startsWith('https:'),
  });
  return visitor;
}
