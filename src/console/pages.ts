import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { inKnownEncoding } from '../http/known-encoding.ts';
import { advocatePageRoutes } from './advocate-page-routes.ts';
import { draftRoutes } from './draft-routes.ts';
import { pageHeaders } from './headers.ts';
import { homePage } from './home-page.ts';
import { landingRoutes } from './landing-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { sendPage } from './page.ts';
import { problemPages } from './problem-page.ts';
import { unsubscribeRoutes } from './unsubscribe-routes.ts';

const ASSETS = fileURLToPath(new URL('./assets', import.meta.url));

/**
 * Every page for people. They work without script and change nothing on a GET; what they do they do on a POST.
 * Mount it before anything that reads bodies: forms are read here.
 */
export function pages(deps: Deps): Router {
  // Behind a proxy people may reach us under a path.
  const base = new URL(deps.config.BASE_URL).pathname.replace(/\/$/, '');
  const router = Router();
  router.use('/assets', express.static(ASSETS, { index: false, maxAge: '1h' }));
  router.use(['/d', '/a', '/r', '/unsubscribe', '/mail'], pageHeaders, inKnownEncoding);
  router.get('/', pageHeaders, (_req, res) => sendPage(res, base, homePage(deps, base)));
  router.use(draftRoutes(deps, base));
  router.use(advocatePageRoutes(deps, base));
  router.use(landingRoutes(deps, base));
  router.use(unsubscribeRoutes(deps, base));
  router.use(mailRoutes(deps, base));
  router.use(['/d', '/a', '/r', '/unsubscribe', '/mail'], () => {
    throw new Refusal('not_found', 'There is no such page.');
  });
  router.use(problemPages(deps, base));
  return router;
}
