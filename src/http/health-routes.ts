import { Router } from 'express';
import type { Deps } from '../deps.ts';
import { checkReadiness } from '../use-cases/check-readiness.ts';

/** For load balancers and operators: alive, and ready to take events. */
export function healthRoutes(deps: Deps): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const state = await checkReadiness(deps);
    res.status(state.ready ? 200 : 503).json(state);
  });
  return router;
}
