import { iso } from '../engine/time.ts';
import type { Advocate } from '../use-cases/find-advocate.ts';

type Referral = Advocate['referrals'][number];

/** A referral for whoever holds the secret key. */
export function presentReferral(referral: Referral) {
  return {
    id: referral.id,
    stage: referral.stage,
    stages: stagesOf(referral),
    advocate: { user_id: referral.personId, account_id: referral.accountId, code: referral.code },
    company: referral.company,
    company_name: referral.companyName ?? null,
    email: referral.email,
    name: referral.name ?? null,
    role: referral.role ?? null,
    note: referral.note ?? null,
    acv: referral.acv ?? null,
    /** Why it waits for review, if it does. */
    held: referral.held?.split(',') ?? [],
    ask_id: referral.askId ?? null,
    created_at: iso(referral.createdAt),
    updated_at: iso(referral.updatedAt),
  };
}

/** An advocate as they see themselves: nothing of the introduced person but the name they know. */
export function presentAdvocate({ userId, link, referrals }: Advocate) {
  return {
    user_id: userId,
    link: link === undefined ? null : { code: link.code, url: link.url, page: link.page },
    referrals: referrals.map((referral) => ({
      id: referral.id,
      stage: referral.stage,
      stages: stagesOf(referral),
      company_name: referral.companyName ?? null,
      name: referral.name ?? null,
      created_at: iso(referral.createdAt),
    })),
    rewards: [],
  };
}

const stagesOf = ({ stages }: Referral) =>
  Object.fromEntries(Object.entries(stages).map(([stage, at]) => [stage, iso(at)]));
