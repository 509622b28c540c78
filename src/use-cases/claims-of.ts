import { readAccount } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { ReferralRow } from '../db/referrals.ts';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import { type Claim, windowOf } from '../referrals/claim.ts';

/** Stored referrals as attribution sees them: each counts as long as the segment of its advocate's account says. */
export async function claimsOf(
  deps: Pick<Deps, 'catalog'>,
  tx: Sql,
  referrals: readonly ReferralRow[],
): Promise<Claim[]> {
  const { attribution } = deps.catalog().catalog.guardrails;
  const segments = new Map<AccountId, string | undefined>();
  for (const { accountId } of referrals)
    if (!segments.has(accountId)) segments.set(accountId, await segmentOf(tx, accountId));
  return referrals.map(({ id, code, createdAt, stage, held, accountId }) => ({
    id,
    code,
    at: createdAt,
    stage,
    held: held !== undefined,
    window: windowOf(attribution, segments.get(accountId)),
  }));
}

async function segmentOf(tx: Sql, accountId: AccountId): Promise<string | undefined> {
  const segment = (await readAccount(tx, accountId))?.state.traits['segment']?.value;
  return typeof segment === 'string' ? segment : undefined;
}
