import type { Sql } from '../db/client.ts';
import { findReferral, lockReferralsOfCompany, type ReferralRow, writeStage } from '../db/referrals.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { type Claim, creditFor, isOpen } from '../referrals/claim.ts';
import { moveStage, type Stage } from '../referrals/stage.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { claimsOf } from './claims-of.ts';
import { readReferral } from './read-referrals.ts';
import { referralEvent } from './referral-event.ts';
import { withEvents } from './with-events.ts';

export type StageMove = {
  readonly stage: Stage;
  readonly acv?: number | undefined;
  /** When it happened; default now. */
  readonly at?: Instant | undefined;
};

export type MovedReferral = {
  readonly referral: ReferralRow;
  /** Whose introduction counts: ids of this company's referrals, with their shares. */
  readonly credited: readonly { readonly id: string; readonly share: number }[];
};

/**
 * Moves a referral. A stage is the company's: every introduction of it that is still open moves along, and the event
 * that may thank somebody is made for those that are credited. The same stage again changes nothing.
 */
export async function moveReferral(
  deps: Deps,
  id: string,
  { stage, acv, at }: StageMove,
): Promise<MovedReferral> {
  const found = await readReferral(deps, id);
  const now = deps.clock();
  return withEvents(deps, async (tx) => {
    const rows = await lockReferralsOfCompany(tx, found.company);
    const named = rows.find((row) => row.id === id) ?? found;
    const instant = instantOf(named, at, now);
    const claims = await claimsOf(deps, tx, rows);
    const credited = creditedAt(deps, claims, named, instant);
    const open = new Set(claims.filter((claim) => isOpen(claim, instant)).map((claim) => claim.id));
    const events: ReportedEvent[] = [];
    for (const row of rows.filter((row) => row.id === id || open.has(row.id))) {
      const share = credited.find((credit) => credit.id === row.id)?.share ?? 0;
      events.push(
        ...(await move(tx, row, { stage, acv, at: instant }, { now, share, isNamed: row.id === id })),
      );
    }
    return { result: { referral: (await findReferral(tx, id)) ?? named, credited }, events };
  });
}

type Shared = { readonly now: Instant; readonly share: number; readonly isNamed: boolean };

async function move(
  tx: Sql,
  row: ReferralRow,
  { stage, acv, at }: { stage: Stage; acv: number | undefined; at: Instant },
  { now, share, isNamed }: Shared,
): Promise<readonly ReportedEvent[]> {
  const next = moveStage(row, stage, at);
  const worth = acv === undefined ? {} : { acv };
  switch (next.kind) {
    case 'refused':
      if (isNamed) throw new Refusal('conflict', next.because, [{ field: 'stage', message: next.because }]);
      return [];
    case 'same':
      if (acv !== undefined && acv !== row.acv) await writeStage(tx, row, { ...row, acv, at: now });
      return [];
    case 'moved':
      await writeStage(tx, row, { stage, stages: next.stages, ...worth, at: now });
      return referralEvent({ ...row, ...worth }, stage, at, { now, share });
    default:
      return next satisfies never;
  }
}

/** Never before the stage it left and never in the future, so that the order of events is the order of stages. */
function instantOf(row: ReferralRow, at: Instant | undefined, now: Instant): Instant {
  const reached = Math.max(row.createdAt, ...Object.values(row.stages));
  return Math.min(Math.max(at ?? now, reached), Math.max(now, reached));
}

function creditedAt(deps: Pick<Deps, 'catalog'>, claims: readonly Claim[], named: ReferralRow, at: Instant) {
  const credits = creditFor(claims, at, deps.catalog().catalog.guardrails.attribution.model);
  // Outside every window nobody is credited by rule; then whoever moves it says whose it is.
  return credits.length > 0 ? credits : [{ id: named.id, share: 1 }];
}
