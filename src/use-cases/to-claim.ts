import type { ReferralRow } from '../db/referrals.ts';
import type { Claim } from '../referrals/claim.ts';

/** A stored referral as attribution sees it. */
export const toClaim = ({ id, code, createdAt, stage, held }: ReferralRow): Claim => ({
  id,
  code,
  at: createdAt,
  stage,
  held: held !== undefined,
});
