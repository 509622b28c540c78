import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { findDraft } from './read-draft-page.ts';
import { type Submission, type Submitted, submitReferral } from './submit-referral.ts';

/** Notes whom somebody introduced when their owner asked them, which is a yes to that ask. */
export async function noteIntroduction(
  deps: Deps,
  askId: string,
  introduced: Pick<Submission, 'name' | 'email' | 'company'>,
): Promise<Submitted> {
  const ask = await findDraft(deps.db.pool, askId);
  if (ask.deliveredAt === undefined)
    throw new Refusal('conflict', 'This draft was not sent yet, so nothing was noted.');
  return submitReferral(deps, { ...introduced, advocate: ask.personId, askId });
}
