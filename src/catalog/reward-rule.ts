import type { Where } from '../engine/catalog.ts';
import type { Duration } from '../engine/time.ts';

/** What a referral earns, and whom: one rule of `rewards.yaml`. Rules are tried in order; the first that fits counts. */
export type RewardRule = {
  readonly name: string;
  readonly program: 'customer' | 'partner' | 'employee';
  /** Traits of the advocate's account. */
  readonly account: Where;
  /** What is known of the referral: `acv`, `plan`, `segment`. */
  readonly referral: Where;
  readonly beneficiary: 'advocate' | 'referred';
  readonly kind: RewardKind;
  readonly amount: RewardAmount;
  /** ISO 4217. */
  readonly currency: string;
  readonly earnedAt: 'submitted' | 'qualified' | 'meeting' | 'opportunity' | 'won';
  readonly hold: Duration;
  readonly cap: { readonly perAccount?: number; readonly perMonth?: number };
  /** From the n-th won referral of an advocate on, this amount instead; ascending. */
  readonly tiers: readonly { readonly from: number; readonly amount: RewardAmount }[];
  /** A second part, so long after the first, if the referred company is still a customer. */
  readonly later?: { readonly after: Duration; readonly amount: RewardAmount };
  /** Taken back when the referred company churns within so long of being won. */
  readonly clawback?: Duration;
  /** In words, for the thanks: "an account credit of 500 USD". */
  readonly says?: string;
};

export type RewardKind =
  | 'account_credit'
  | 'feature_unlock'
  | 'tier_upgrade'
  | 'priority_support'
  | 'cash'
  | 'donation';

/** A percentage of the first year's contract value, or a fixed amount. */
export type RewardAmount =
  | { readonly unit: 'percent_of_acv'; readonly percent: number }
  | { readonly unit: 'fixed'; readonly amount: number };
