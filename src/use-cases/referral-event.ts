import type { ReferralRow } from '../db/referrals.ts';
import type { JsonObject } from '../engine/event.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { eventName, type Stage } from '../referrals/stage.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/**
 * A referral reaching a stage, as an event of the account it came from. It names the introduced person and
 * company and carries nothing else about them: no address, no note.
 */
export function referralEvent(
  referral: ReferralRow,
  stage: Stage,
  at: Instant,
  { now, share }: { readonly now: Instant; readonly share: number },
): readonly ReportedEvent[] {
  const name = eventName(stage);
  if (name === undefined) return [];
  const event: ReportedEvent = {
    id: `goodturn:${referral.id}:${stage}`,
    source: 'goodturn',
    name,
    occurredAt: at,
    receivedAt: now,
    userId: referral.personId,
    ownAccountId: referral.accountId,
    properties: propertiesOf(referral, stage, share),
    // Who is not credited is not thanked either: their account takes note, and nothing opens.
    imported: share === 0,
    trust: 'server',
    flags: [],
  };
  return [event];
}

function propertiesOf(referral: ReferralRow, stage: Stage, share: number): JsonObject {
  const { id, code, company, companyName, name, role, acv, held, askId } = referral;
  return {
    referral_id: id,
    stage,
    code,
    // With a free-mail domain the company is a person's address.
    ...(company.includes('@') ? {} : { company }),
    ...defined({ company_name: companyName, name, role, acv, held, ask_id: askId }),
    ...(share === 1 ? {} : { share }),
  };
}
