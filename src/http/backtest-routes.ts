import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Workspace } from '../engine/account.ts';
import { Refusal } from '../errors.ts';
import { backtestStored } from '../use-cases/backtest-stored.ts';
import { catalogToTry } from '../use-cases/catalog-to-try.ts';
import { presentBacktest, presentBeside } from '../use-cases/present-backtest.ts';
import { InstantField } from './fields.ts';
import { parse } from './parse.ts';
import { requireKey } from './require-key.ts';

const Body = z.strictObject({
  catalog: z
    .union(
      [z.int().min(1), z.strictObject({ triggers: z.record(z.string().max(100), z.string().max(500_000)) })],
      {
        error: 'expected a version number, or {"triggers": {"readiness.yaml": "…"}}',
      },
    )
    .optional(),
  from: InstantField.optional(),
  to: InstantField.optional(),
});

/** What a catalog would have asked over the stored events, against what the live one would have. One at a time. */
export function backtestRoutes(deps: Deps): Router {
  const router = Router();
  let isRunning = false;

  router.post('/backtests', requireKey(deps, 'secret'), async (req, res) => {
    const { catalog: asked, from, to } = parse(Body, req.body);
    if (from !== undefined && to !== undefined && from > to)
      throw new Refusal('invalid', 'from is later than to.');
    if (isRunning) throw new Refusal('busy', 'Another backtest is running; try again when it has ended.');
    const live = deps.catalog().catalog;
    const catalog = await catalogToTry(deps, asked);
    isRunning = true;
    try {
      const result = await backtestStored(deps, {
        catalog,
        ...(catalog === live ? {} : { against: live }),
        workspace: workspaceOf(deps),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
      res.json({
        newly_asked: [],
        no_longer_asked: [],
        ...presentBacktest(result),
        ...presentBeside(result),
      });
    } finally {
      isRunning = false;
    }
  });
  return router;
}

function workspaceOf({ config }: Deps): Workspace {
  const { TEAM_DOMAINS: teamDomains, DEFAULT_OWNER_EMAIL: defaultOwnerEmail } = config;
  return { teamDomains, ...(defaultOwnerEmail === undefined ? {} : { defaultOwnerEmail }) };
}
