import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { pauseAsking, resumeAsking } from '../use-cases/pause-asking.ts';
import { publishByHand, rollBackCatalog } from '../use-cases/publish-catalog.ts';
import { refreshCatalog } from '../use-cases/refresh-catalog.ts';
import { suppressAddresses } from '../use-cases/suppress-addresses.ts';
import { InstantField } from './fields.ts';
import { parse } from './parse.ts';
import { secretWithBody } from './require-key.ts';

const Suppressions = z.strictObject({
  addresses: z.array(z.string().trim().min(3).max(254)).min(1).max(1000),
  scope: z.enum(['asks', 'all']).default('all'),
  reason: z.string().trim().min(1).max(200).default('opted out elsewhere'),
});

const Pause = z.strictObject({
  trigger: z.string().max(200).optional(),
  until: InstantField.optional(),
  reason: z.string().max(500).optional(),
  by: z.string().max(200).default('api'),
});
const Publish = z.strictObject({ note: z.string().max(500).optional() });
const Rollback = z.strictObject({ version: z.int().min(1) });
const Resume = z.strictObject({ trigger: z.string().max(200).optional() });

/** The stop button, versions of the catalog, and addresses that opted out elsewhere. */
export function operatorRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  router.post('/suppressions', secret, async (req, res) => {
    const { addresses, ...how } = parse(Suppressions, req.body);
    await suppressAddresses(deps, addresses, how);
    res.json({ suppressed: addresses.length });
  });
  router.post('/publish', secret, async (req, res) => {
    const { note } = parse(Publish, req.body);
    const by = { who: 'api', at: 'hand' as const, ...(note === undefined ? {} : { note }) };
    const { inForce, published, notes } = await publishByHand(deps, by);
    await refreshCatalog(deps);
    res.json({ version: inForce.version, hash: inForce.hash, published, notes });
  });
  router.post('/rollback', secret, async (req, res) => {
    const inForce = await rollBackCatalog(deps.db, parse(Rollback, req.body).version, deps.clock());
    await refreshCatalog(deps);
    res.json(inForce);
  });
  router.post('/pause', secret, async (req, res) => {
    await pauseAsking(deps, parse(Pause, req.body));
    res.status(204).end();
  });
  router.post('/resume', secret, async (req, res) => {
    res.json({ resumed: await resumeAsking(deps, parse(Resume, req.body).trigger) });
  });
  return router;
}
