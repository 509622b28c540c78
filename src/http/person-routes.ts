import { Router } from 'express';
import type { Deps } from '../deps.ts';
import { erasePerson } from '../use-cases/erase-person.ts';
import { exportPerson } from '../use-cases/export-person.ts';
import { holdPersonByHand, liftPersonHold } from '../use-cases/hold-by-hand.ts';
import { presentErasure, presentExport } from '../use-cases/present-person.ts';
import { HoldBody, idOf } from './fields.ts';
import { parse } from './parse.ts';
import { secretWithBody } from './require-key.ts';

/** One person: held by hand, handed over with all that is kept of them, or erased. */
export function personRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  router.post('/people/:id/hold', secret, async (req, res) => {
    await holdPersonByHand(deps, idOf(req.params), parse(HoldBody, req.body));
    res.status(204).end();
  });
  router.delete('/people/:id/hold', secret, async (req, res) => {
    await liftPersonHold(deps, idOf(req.params));
    res.status(204).end();
  });
  router.get('/people/:id/export', secret, async (req, res) => {
    res.json(presentExport(await exportPerson(deps, idOf(req.params))));
  });
  router.delete('/people/:id', secret, async (req, res) => {
    res.json(presentErasure(await erasePerson(deps, idOf(req.params))));
  });
  return router;
}
