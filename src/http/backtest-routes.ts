import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { defined } from '../engine/record.ts';
import { Refusal } from '../errors.ts';
import { backtestStored } from '../use-cases/backtest-stored.ts';
import { catalogToTry } from '../use-cases/catalog-to-try.ts';
import { presentBacktest, presentBeside } from '../use-cases/present-backtest.ts';
import { workspaceWhenLive } from '../use-cases/workspace.ts';
import { InstantField } from './fields.ts';
import { parse } from './parse.ts';
import { secretWithBody } from './require-key.ts';

const Files = z.record(
  z
    .string()
    .regex(/\.ya?ml$/)
    .max(100),
  z.string().max(500_000),
);

/** Definitions: a version's number or its hash, or the texts of the files by name, as they lie in the folder. */
const CatalogField = z.union(
  [z.int().min(1), z.string().max(64), z.strictObject({ triggers: Files }), Files],
  {
    error: 'expected the number or hash of a version, or the files like {"readiness.yaml": "signals: …"}',
  },
);

/** A catalog may be brought along. */
const LIMIT = '2mb';

const Body = z.strictObject({
  catalog: CatalogField.optional(),
  from: InstantField.optional(),
  to: InstantField.optional(),
});

/** What a catalog would have asked over the stored events, against what the live one would have. One at a time. */
export function backtestRoutes(deps: Deps): Router {
  const router = Router();
  let isRunning = false;

  router.post('/backtests', secretWithBody(deps, LIMIT), async (req, res) => {
    const { catalog: asked, from, to } = parse(Body, req.body);
    if (from !== undefined && to !== undefined && from > to)
      throw new Refusal('invalid', 'from is later than to.', [
        { field: 'from', message: 'is later than to' },
      ]);
    if (isRunning) throw new Refusal('busy', 'Another backtest is running; try again when it has ended.');
    isRunning = true;
    try {
      const live = deps.catalog().catalog;
      const catalog = await catalogToTry(deps, asked);
      const result = await backtestStored(deps, {
        catalog,
        ...(catalog === live ? {} : { against: live }),
        workspace: workspaceWhenLive(deps.config),
        ...defined({ from, to }),
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
