import type { Agenda } from './account.ts';
import type { Plan } from './catalog-index.ts';
import { Decided } from './decided.ts';
import type { Decision, Evaluation, PlannedAsk, Withdrawal } from './decision.ts';
import type { AccountId, PersonId } from './event.ts';
import { NO_HOLDS, withHold } from './hold-set.ts';
import type { Judged } from './judge.ts';
import type { Verdict } from './next-agenda.ts';
import { cycleOf } from './plan.ts';
import type { Readiness } from './readiness.ts';
import type { Situation } from './situation.ts';
import type { Instant } from './time.ts';

type Result = Pick<Evaluation, 'readiness' | 'asks' | 'withdrawals' | 'agenda' | 'unknownPeople'> & {
  readonly verdicts: readonly Verdict[];
  readonly waiting: readonly Plan[];
  readonly wakeAt: Instant;
};

/**
 * An evaluation whose decisions are made when they are read: of most only what changed is. Like every object with
 * getters it is to be copied field by field; read it before more events are folded into the account.
 */
export class Evaluated implements Evaluation {
  declare readonly at: Instant;
  declare readonly accountId: AccountId;
  declare readonly readiness: Readiness;
  declare readonly verdicts: readonly Verdict[];
  declare readonly asks: readonly PlannedAsk[];
  declare readonly withdrawals: readonly Withdrawal[];
  declare readonly agenda: Agenda;
  declare readonly wakeAt?: Instant;
  declare readonly unknownPeople: readonly PersonId[];
  #situation: Situation;
  #waiting: readonly Plan[];

  constructor(situation: Situation, result: Result) {
    this.at = situation.at;
    this.accountId = situation.view.id;
    this.readiness = result.readiness;
    this.verdicts = result.verdicts;
    this.asks = result.asks;
    this.withdrawals = result.withdrawals;
    this.agenda = result.agenda;
    if (result.wakeAt !== Number.POSITIVE_INFINITY) this.wakeAt = result.wakeAt;
    this.unknownPeople = result.unknownPeople;
    this.#situation = situation;
    this.#waiting = result.waiting;
  }

  get decisions(): readonly Decision[] {
    return [
      ...this.verdicts.map((verdict) => decided(this.#situation, verdict)),
      ...this.#waiting.map((plan) => waits(this.#situation, plan)),
    ];
  }

  get changed(): readonly Decision[] {
    return this.verdicts.filter(({ changed }) => changed).map((verdict) => decided(this.#situation, verdict));
  }
}

/** The decision that a verdict is short for. */
export function decided(situation: Situation, { judged, changed }: Verdict): Decision {
  const { trigger, opening, holds, due } = judged;
  return new Decided(situation, trigger, {
    cycle: cycleOf(situation.view, trigger.name, opening),
    verdict: due ? 'ask' : 'hold',
    personId: judged.approach.found?.person.id,
    holds: holds.names,
    changed,
    waiting: undefined,
    judged,
  });
}

/** A trigger whose event has not come: nothing about it changes before it does, and nothing is stored. */
export function waits(situation: Situation, { trigger, waiting }: Plan, judged?: Judged): Decision {
  const holds = withHold(judged?.holds ?? NO_HOLDS, waiting.gate);
  return new Decided(situation, trigger, {
    cycle: '',
    verdict: 'hold',
    personId: judged?.approach.found?.person.id,
    holds: holds.names,
    changed: false,
    waiting,
    judged,
  });
}
