import type { AccountId, PersonId } from './event.ts';
import type { Duration, Instant } from './time.ts';

/** What a growth team owns, parsed once into numbers and enums. The engine never sees `"14d"`. */
export type Catalog = {
  /** SHA-256 over everything that shapes a decision or a message. */
  readonly hash: string;
  readonly signals: readonly Signal[];
  readonly triggers: readonly Trigger[];
  readonly guardrails: Guardrails;
};

export type Scalar = string | number | boolean | null;

export type Test = {
  readonly is?: Scalar;
  readonly not?: Scalar;
  readonly in?: readonly Scalar[];
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly above?: number;
  readonly below?: number;
  readonly contains?: Scalar;
  readonly exists?: boolean;
};

/** Conditions on properties, all of which must hold. A path is dotted; a key with that very name goes first. */
export type Where = readonly { readonly path: string; readonly test: Test }[];

export type Match = { readonly event: string; readonly where: Where };

export type Evidence =
  | { readonly kind: 'happened'; readonly match: Match; readonly until?: Match }
  | { readonly kind: 'milestone'; readonly match: Match; readonly times: number }
  | { readonly kind: 'frequency'; readonly match: Match; readonly times: number; readonly within: Duration }
  | { readonly kind: 'growth'; readonly trait: string; readonly by: GrowthBy; readonly within: Duration }
  | { readonly kind: 'nps'; readonly atLeast?: number; readonly atMost?: number; readonly people: number }
  | { readonly kind: 'silent'; readonly match: Match; readonly for: Duration }
  | { readonly kind: 'trait'; readonly name: string; readonly test: TraitTest }
  | { readonly kind: 'tenure'; readonly atLeast: Duration };

/** Negative means a fall. */
export type GrowthBy = { readonly unit: 'percent' | 'number'; readonly amount: number };

export type TraitTest = Test & { readonly withinNext?: Duration; readonly withinLast?: Duration };

export type Effect =
  | { readonly kind: 'points'; readonly points: number } // 1–99: readiness from this signal alone
  | { readonly kind: 'dampens'; readonly share: number } // 0.01–1: the share of readiness it takes away
  | { readonly kind: 'none' };

export type Signal = {
  readonly name: string;
  readonly evidence: Evidence;
  readonly effect: Effect;
  readonly halfLife?: Duration;
  readonly expires?: Duration;
  /** A Handlebars sentence for people; may use count, from, to, value, person and the dated event's properties. */
  readonly says?: string;
};

export type ReferralGate =
  | 'in_progress'
  | 'won'
  | 'any'
  | { readonly stage: string; readonly within?: Duration };

export type Gate =
  | { readonly kind: 'readiness'; readonly atLeast?: number; readonly atMost?: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly within?: Duration }
  | { readonly kind: 'event'; readonly where: Where }
  | { readonly kind: 'account'; readonly where: Where }
  | { readonly kind: 'person'; readonly where: Where }
  | {
      readonly kind: 'asked';
      readonly within: Duration;
      readonly channel?: Channel;
      readonly trigger?: string;
    }
  | { readonly kind: 'declined'; readonly within: Duration }
  | { readonly kind: 'referral'; readonly referral: ReferralGate }
  | { readonly kind: 'tenure'; readonly atLeast: Duration };

export type Channel = 'nudge' | 'draft' | 'email';
export type Who = 'actor' | 'promoter' | 'champion' | 'referrer';
export type TriggerStatus = 'draft' | 'shadow' | 'live' | 'paused' | 'archived';

export type Trigger = {
  readonly name: string;
  readonly description: string;
  readonly status: TriggerStatus;
  readonly kind: 'ask' | 'thanks';
  /** Names of the events that open it; empty: evaluated at every change and wake-up. */
  readonly on: readonly string[];
  readonly when: readonly Gate[];
  readonly unless: readonly Gate[];
  readonly who: Who;
  readonly channel: Channel;
  readonly template: string;
  readonly delay: Duration;
  /** A window named in the guardrails; absent: any time outside quiet hours. */
  readonly send?: string;
  readonly deadline?: Duration;
  readonly latest?: Duration;
  readonly fallback?: { readonly channel: Channel; readonly after: Duration; readonly template?: string };
  readonly again: Duration | 'never';
  readonly priority: number;
  /** 0–1, of accounts. */
  readonly holdout: number;
  readonly fresh: Duration;
  readonly expires: Duration;
  readonly actionUrl?: string;
  readonly audience?: { readonly accounts: readonly AccountId[] };
};

export type Rate = { readonly count: number; readonly within: Duration };

export type Guardrails = {
  readonly perPerson: {
    readonly asks: Rate;
    readonly asksPerYear: number;
    readonly afterDecline: Duration;
    readonly nudges: Rate;
    readonly detractorFor: Duration;
  };
  readonly perAccount: { readonly asks: Rate; readonly people: Rate; readonly minimumTenure: Duration };
  readonly perOwner: { readonly drafts: Rate; readonly open: number };
  readonly workspace: { readonly emails: Rate };
  readonly pauseAbove: { readonly asks: Rate };
  readonly quietHours: QuietHours;
  readonly windows: Readonly<Record<string, Window>>;
  readonly timezone: string;
  readonly blockWhen: readonly string[];
  readonly never: {
    readonly domains: readonly string[];
    readonly plans: readonly string[];
    readonly accounts: readonly AccountId[];
    readonly people: readonly PersonId[];
  };
  readonly blackouts: readonly { readonly from: Instant; readonly to: Instant; readonly why: string }[];
  readonly attribution: {
    readonly window: Duration;
    readonly model: 'last' | 'first' | 'split';
    readonly segments: Readonly<Record<string, Duration>>;
  };
};

/** Minutes after local midnight; `from` = `to` means none. */
export type QuietHours = {
  readonly from: number;
  readonly to: number;
  readonly weekends: 'quiet' | 'normal';
};

/** Local weekdays (0 = Sunday) and minutes after midnight; may cross midnight, counted to the day it starts. */
export type Window = { readonly days: readonly number[]; readonly from: number; readonly to: number };
