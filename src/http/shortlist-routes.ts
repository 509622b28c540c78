import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { presentShortlist } from '../use-cases/present-shortlist.ts';
import { shortlist } from '../use-cases/shortlist.ts';
import { parseQuery } from './parse.ts';
import { secretWithBody } from './require-key.ts';

const Query = z.strictObject({ length: z.coerce.number().int().min(1).max(1000).default(20) });

/** Where a team starts: the accounts readiest to be asked now, whom, why, and what still holds. */
export function shortlistRoutes(deps: Deps): Router {
  const router = Router();
  router.get('/shortlist', secretWithBody(deps), async (req, res) => {
    res.json(presentShortlist(await shortlist(deps, parseQuery(Query, req.query).length)));
  });
  return router;
}
