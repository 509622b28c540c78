import { type Request, Router } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import type { KeyKind } from '../keys.ts';
import { advocateOf } from '../use-cases/find-advocate.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { presentAdvocate } from './present-referral.ts';
import { bearerOf, requireUser } from './require-key.ts';

/** An advocate's link, their referrals and rewards: for themselves in a product app, or for the secret key. Under `/v1`. */
export function advocateRoutes(deps: Deps): Router {
  const router = Router();
  router.use('/advocates', (req, res, next) => {
    allowOrigin(req, res, deps.config.ALLOWED_ORIGINS);
    if (req.method === 'OPTIONS') answerPreflight(req, res, ['GET']);
    else next();
  });

  router.get('/advocates/:user_id', async (req, res) => {
    const userId = String(req.params['user_id']);
    await requireSelfOrSecret(deps, req, userId);
    res.json(presentAdvocate(await advocateOf(deps, userId)));
  });

  return router;
}

async function requireSelfOrSecret(deps: Deps, req: Request, userId: string): Promise<void> {
  const kind = deps.keys.kindOf(bearerOf(req) ?? '');
  if (kind === 'secret') return;
  if (req.headers['x-goodturn-key'] === undefined) throw notOpened(kind);
  const tokenOf = await requireUser(deps, req);
  if (tokenOf !== userId)
    throw new Refusal('forbidden', 'This user token is somebody else’s: it opens its own advocate only.');
}

/** Neither of the two ways in was tried. */
function notOpened(kind: KeyKind | undefined): Refusal {
  const ways =
    'the secret key (sk_…) as "Authorization: Bearer …", or the publishable key (pk_…) in X-Goodturn-Key with the user token as "Authorization: Bearer …"';
  return kind === undefined
    ? new Refusal('unauthorized', `Send ${ways}.`)
    : new Refusal('forbidden', `This is a ${kind} key; send ${ways}.`);
}
