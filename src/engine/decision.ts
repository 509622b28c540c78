import type { Agenda, Opening } from './account.ts';
import type { Channel } from './catalog.ts';
import type { AccountId, PersonId } from './event.ts';
import type { Verdict } from './next-agenda.ts';
import type { Readiness } from './readiness.ts';
import type { Instant } from './time.ts';

/** One gate's answer: it passes or it holds, and says why. */
export type GateAnswer = {
  /** `readiness`, a signal's name, `per_person.asks`, `no_slot`, `outranked`, … */
  readonly gate: string;
  readonly passes: boolean;
  /** Plain words: what holds it, or what lets it pass. */
  readonly because: string;
  /** The earliest instant at which it could pass by time alone, where one is known. */
  readonly couldPassAt?: Instant;
  /** The first instant at which the answer could change by time alone; absent: never. */
  readonly changesAt?: Instant;
};

export type Decision = {
  readonly at: Instant;
  readonly accountId: AccountId;
  readonly trigger: string;
  readonly cycle: string;
  readonly verdict: 'ask' | 'hold';
  readonly shadow: boolean;
  readonly personId?: PersonId;
  readonly readiness: number;
  /** The names of the gates that hold, each once. */
  readonly holds: readonly string[];
  readonly gates: readonly GateAnswer[];
  /** True when verdict or holding gates differ from the last stored decision of this trigger. */
  readonly changed: boolean;
};

export type PlannedAsk = {
  readonly accountId: AccountId;
  readonly trigger: string;
  readonly cycle: string;
  readonly kind: 'ask' | 'thanks';
  readonly channel: Channel;
  readonly template: string;
  readonly personId: PersonId;
  readonly ownerEmail?: string;
  readonly status: 'scheduled' | 'held_out' | 'shadow';
  readonly decidedAt: Instant;
  readonly dueAt: Instant;
  /** Delivered after this it counts as late. */
  readonly deadlineAt?: Instant;
  /** Not delivered by then it expires. */
  readonly latestAt?: Instant;
  readonly expiresAfter: number;
  readonly again: number | 'never';
  readonly priority: number;
  readonly readiness: Readiness;
  readonly gates: readonly GateAnswer[];
  readonly opening?: Opening;
  /** For a draft: when nobody acts by `at`, ask through `channel` instead. */
  readonly fallback?: { readonly channel: Channel; readonly template: string; readonly at: Instant };
};

export type Withdrawal = { readonly askId: string; readonly reason: string };

export type Evaluation = {
  readonly at: Instant;
  readonly accountId: AccountId;
  readonly readiness: Readiness;
  /** Every live and shadow trigger, once per opening (once without openings). */
  readonly decisions: readonly Decision[];
  /** Those of them that are to be stored. */
  readonly changed: readonly Decision[];
  /** The same in short, without those whose event has not come. */
  readonly verdicts: readonly Verdict[];
  readonly asks: readonly PlannedAsk[];
  readonly withdrawals: readonly Withdrawal[];
  readonly agenda: Agenda;
  /** The first instant at which anything above could change by time alone; never late. */
  readonly wakeAt?: Instant;
  /** Load these and evaluate again: until then nothing above counts. */
  readonly unknownPeople: readonly PersonId[];
};
