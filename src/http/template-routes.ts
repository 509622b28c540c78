import { Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { presentPreview } from '../use-cases/present-preview.ts';
import { previewFor, previewSample, publishedDraft } from '../use-cases/preview-template.ts';
import { parse, parseQuery } from './parse.ts';
import { secretWithBody } from './require-key.ts';

const Whom = z.strictObject({
  account_id: z.string().min(1).max(300).optional(),
  person_id: z.string().min(1).max(300).optional(),
});
const Body = z.strictObject({
  ...Whom.shape,
  /** The message as somebody is writing it: `{"text.hbs": "…"}`. */
  files: z.record(z.string().max(100), z.string().max(50_000)).optional(),
});

/** A message as an account's person would get it: as published, or as somebody is writing it. */
export function templateRoutes(deps: Deps): Router {
  const router = Router();
  const secret = secretWithBody(deps);

  router.get('/templates/:name/preview', secret, async (req, res) => {
    res.json(await preview(deps, String(req.params['name']), parseQuery(Whom, req.query)));
  });
  router.post('/templates/:name/preview', secret, async (req, res) => {
    res.json(await preview(deps, String(req.params['name']), parse(Body, req.body)));
  });
  return router;
}

async function preview(
  deps: Deps,
  name: string,
  { account_id: accountId, person_id: personId, files }: z.output<typeof Body>,
) {
  const draft = publishedDraft(deps, name, files);
  if (accountId !== undefined) return presentPreview(await previewFor(deps, draft, { accountId, personId }));
  if (personId === undefined) return presentPreview(previewSample(draft, deps.config));
  const message = 'a person is written to as one of an account; name it as account_id';
  throw new Refusal('invalid', `person_id: ${message}`, [{ field: 'account_id', message }]);
}
