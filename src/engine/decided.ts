import type { AccountView } from './account.ts';
import type { Trigger } from './catalog.ts';
import type { Decision, GateAnswer } from './decision.ts';
import type { AccountId, PersonId } from './event.ts';
import { type Finding, tell } from './finding.ts';
import { findingsOf, type Judged } from './judge.ts';
import type { Instant } from './time.ts';

/** What decisions of one evaluation have in common. */
type Occasion = {
  readonly at: Instant;
  readonly view: AccountView;
  readonly evidence: { readonly value: number };
};

type Outcome = Pick<Decision, 'cycle' | 'verdict' | 'holds' | 'changed'> & {
  readonly personId: PersonId | undefined;
  /** What was found: while its event has not come, only that; else or also what its gates say. */
  readonly waiting: Finding | undefined;
  readonly judged: Judged | undefined;
};

/**
 * A decision that puts its gates into words when they are first read, which for most decisions is never. It is a
 * class because a getter costs nothing on a prototype and a microsecond on every object; so copy its fields by name,
 * for a spread would leave `gates` out. Read them before more events are folded into the account.
 */
export class Decided implements Decision {
  // Declared only: a field that is defined and then set costs twice, and there are two hundred in an evaluation.
  declare readonly at: Instant;
  declare readonly accountId: AccountId;
  declare readonly trigger: string;
  declare readonly cycle: string;
  declare readonly verdict: 'ask' | 'hold';
  declare readonly shadow: boolean;
  declare readonly personId?: PersonId;
  declare readonly readiness: number;
  declare readonly holds: readonly string[];
  declare readonly changed: boolean;
  #waiting: Finding | undefined;
  #judged: Judged | undefined;
  #gates: readonly GateAnswer[] | undefined;

  constructor({ at, view, evidence }: Occasion, { name, status }: Trigger, outcome: Outcome) {
    this.at = at;
    this.accountId = view.id;
    this.trigger = name;
    this.cycle = outcome.cycle;
    this.verdict = outcome.verdict;
    this.shadow = status === 'shadow';
    if (outcome.personId !== undefined) this.personId = outcome.personId;
    this.readiness = evidence.value;
    this.holds = outcome.holds;
    this.changed = outcome.changed;
    this.#waiting = outcome.waiting;
    this.#judged = outcome.judged;
  }

  get gates(): readonly GateAnswer[] {
    this.#gates ??= [
      ...(this.#waiting ? [this.#waiting] : []),
      ...(this.#judged ? findingsOf(this.#judged) : []),
    ].map(tell);
    return this.#gates;
  }
}
