import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { defined } from '../engine/record.ts';
import { invalidField } from '../errors.ts';
import { holdAccountByHand, liftAccountHold } from '../use-cases/hold-by-hand.ts';
import {
  type AccountFilter,
  describeAccount,
  explainAccount,
  listAccounts,
} from '../use-cases/read-accounts.ts';
import { HoldBody } from './fields.ts';
import { parse, parseQuery } from './parse.ts';
import { presentAccount, presentHead, presentWhy } from './present-account.ts';
import { secretWithBody } from './require-key.ts';

const ListQuery = z.strictObject({
  min_readiness: z.coerce.number().min(0).max(100).optional(),
  owner: z.string().max(300).toLowerCase().optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const WhyQuery = z.strictObject({ trigger: z.string().max(200).optional() });

/** Accounts by readiness, one account with its reasons, and why it is not asked. */
export function accountRoutes(deps: Deps): Router {
  const router = Router();
  router.use(secretWithBody(deps));

  router.get('/', async (req, res) => {
    const query = parseQuery(ListQuery, req.query);
    const rows = await listAccounts(deps, toFilter(query));
    const last = rows.at(-1);
    res.json({
      accounts: rows.map(presentHead),
      cursor: last !== undefined && rows.length === query.limit ? toCursor(last) : null,
    });
  });

  router.get('/:id', async (req, res) => {
    res.json(presentAccount(await describeAccount(deps, req.params.id)));
  });

  router.get('/:id/why', async (req, res) => {
    const { trigger } = parseQuery(WhyQuery, req.query);
    res.json({ account: req.params.id, ...presentWhy(await explainAccount(deps, req.params.id, trigger)) });
  });

  router.post('/:id/hold', async (req, res) => {
    await holdAccountByHand(deps, req.params.id, parse(HoldBody, req.body));
    res.status(204).end();
  });
  router.delete('/:id/hold', async (req, res) => {
    await liftAccountHold(deps, req.params.id);
    res.status(204).end();
  });
  return router;
}

function toFilter(query: z.output<typeof ListQuery>): AccountFilter {
  const after = query.cursor === undefined ? undefined : fromCursor(query.cursor);
  return {
    limit: query.limit,
    ...defined({ minReadiness: query.min_readiness, owner: query.owner, after }),
  };
}

const Cursor = z.tuple([z.number(), z.string()]);

const toCursor = ({ readiness, id }: { readiness: number; id: string }) =>
  Buffer.from(JSON.stringify([readiness, id])).toString('base64url');

function fromCursor(text: string): { readiness: number; id: string } {
  const cursor = Cursor.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!cursor.success)
    throw invalidField('cursor', `expected the cursor of the page before, got "${text.slice(0, 100)}"`);
  const [readiness, id] = cursor.data;
  return { readiness, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
