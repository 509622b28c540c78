import type { Scalar } from './catalog.ts';
import type { Json, PersonId } from './event.ts';
import type { Instant } from './time.ts';

/**
 * What is remembered of an account: plain JSON, bounded, and the same for the same events in whatever
 * order they arrive. Only `fold` writes it; everything else reads. Keys come from customers, so look them
 * up with `own` (record.ts): a person may be called `constructor`.
 */
export type AccountState = {
  firstEventAt?: Instant;
  /** Standard and other traits, each as last reported; a trait taken back is kept as null. */
  traits: Record<string, TraitReport>;
  /** Per growth trait: its numbers over time, first to last. */
  reports: Record<string, NumberReport[]>;
  /** Per signal of the kinds happened and silent. */
  matched: Record<string, Matched>;
  milestones: Record<string, Milestone>;
  frequencies: Record<string, Frequency>;
  people: Record<PersonId, PersonMemory>;
  /** Per person who answered: their responses, latest answer first, at most 20. */
  answers: Record<PersonId, NpsResponse[]>;
  /** At most the 500 that moved last. */
  referrals: Record<string, ReferralMemory>;
};

/** An event as the state keeps it: what orders it, who did it and what its signal's sentence needs of it. */
export type Mark = {
  at: Instant;
  id: string;
  personId?: PersonId;
  said?: Said;
};

/** Properties by the names that a signal's `says` uses. */
export type Said = Record<string, Scalar>;

export type TraitReport = { value: Json; at: Instant; id: string };
export type NumberReport = { value: number; at: Instant; id: string; said?: Said };

export type Matched = { count: number; latest?: Mark; until?: Instant };
/** `first`: the earliest matches, as many as `times`. */
export type Milestone = { count: number; first: Mark[] };
/** `times`: the instants of the latest matches, ascending, as many as `times`. */
export type Frequency = { times: Instant[]; latest: Mark };

/**
 * `own`: how many of this person's events are evidence for readiness. `latest.left`: the latest took them out of the
 * account, so they are there no more; any later event of theirs brings them back.
 */
export type PersonMemory = { own: number; latest: { at: Instant; id: string; left?: true } };

export type NpsResponse = {
  /** The `response_id`, or the event's id where there is none. */
  key: string;
  score: number;
  /** The event that gave this score: the last of the response. */
  at: Instant;
  id: string;
  /** The earliest event of the response. */
  first: Instant;
  /** The earliest `answered_at` that the response's events carry. */
  answered?: Instant;
  said?: Said;
};

export type ReferralMemory = { stage: string; at: Instant; id: string; personId?: PersonId };

export const MAX_REPORTS = 1000;
export const MAX_RESPONSES = 20;
export const MAX_REFERRALS = 500;
export const MAX_TRAITS = 300;

/** A new one at each call, because `fold` writes into the state it is given. */
export function emptyState(): AccountState {
  return {
    traits: {},
    reports: {},
    matched: {},
    milestones: {},
    frequencies: {},
    people: {},
    answers: {},
    referrals: {},
  };
}

export type StateFlag = {
  readonly flag: 'growth_reports_full' | 'referrals_full' | 'traits_full';
  readonly what: string;
};

/** Where the account has so much of something that the oldest may have been let go. */
export function stateFlags(state: AccountState): StateFlag[] {
  const flags: StateFlag[] = [];
  for (const [trait, reports] of Object.entries(state.reports)) {
    if (reports.length >= MAX_REPORTS) flags.push({ flag: 'growth_reports_full', what: trait });
  }
  if (Object.keys(state.referrals).length >= MAX_REFERRALS) flags.push({ flag: 'referrals_full', what: '' });
  if (Object.keys(state.traits).length >= MAX_TRAITS) flags.push({ flag: 'traits_full', what: '' });
  return flags;
}
