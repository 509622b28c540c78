import { findReferral, listReferrals, type ReferralRow } from '../db/referrals.ts';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { unknownReferral } from './unknown.ts';

export type ReferralQuery = {
  readonly stage?: string | undefined;
  readonly company?: string | undefined;
  readonly personId?: string | undefined;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
  readonly limit: number;
};

export type ReferralList = { readonly referrals: readonly ReferralRow[]; readonly cursor?: string };

/** Referrals, the latest first, a page at a time: `cursor` asks for the next one. */
export async function readReferrals(
  deps: Pick<Deps, 'db'>,
  { cursor, ...filter }: ReferralQuery,
): Promise<ReferralList> {
  const after = cursor === undefined ? {} : { after: readCursor(cursor) };
  const referrals = await listReferrals(deps.db.pool, { ...filter, ...after });
  const last = referrals.length === filter.limit ? referrals.at(-1) : undefined;
  return { referrals, ...(last ? { cursor: `${last.createdAt}.${last.id}` } : {}) };
}

export async function readReferral(deps: Pick<Deps, 'db'>, id: string): Promise<ReferralRow> {
  const referral = await findReferral(deps.db.pool, id);
  if (referral === undefined) throw unknownReferral(id);
  return referral;
}

function readCursor(cursor: string) {
  const [, digits, id] = /^(\d{1,15})\.(\w{1,64})$/.exec(cursor) ?? [];
  if (digits === undefined || id === undefined)
    throw invalidField('cursor', `expected the cursor of the page before, got "${cursor.slice(0, 60)}"`);
  return { createdAt: Number(digits), id };
}
