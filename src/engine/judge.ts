import type { Opening } from './account.ts';
import { type Approach, approachOf } from './approach.ts';
import type { Trigger } from './catalog.ts';
import type { Plan, PlannedGate } from './catalog-index.ts';
import { type Due, dueOf } from './due.ts';
import { type Finding, sooner, told } from './finding.ts';
import { findGate } from './gate.ts';
import { type HoldSet, NO_HOLDS, withHold, withNumber } from './hold-set.ts';
import { answerAgain } from './person-guardrail.ts';
import type { Situation } from './situation.ts';
import type { Instant } from './time.ts';
import { guardTrigger } from './trigger-guardrail.ts';

/** One trigger at one account, for one opening: what holds it, and when it would ask. */
export type Judged = {
  readonly situation: Situation;
  readonly plan: Plan;
  readonly trigger: Trigger;
  readonly opening: Opening | undefined;
  readonly approach: Approach;
  /** What else could hold only this trigger. */
  readonly guards: readonly Finding[];
  /** Whether it may ask this person anew. */
  readonly again: Finding | undefined;
  /** That there is no hour for it, or that another ask came first. */
  readonly last: Finding | undefined;
  readonly holds: HoldSet;
  /** The first instant at which one of the answers could change by time alone; Infinity: never. */
  readonly changesAt: Instant;
  /** There when every gate passes. */
  readonly due: Due | undefined;
};

/** Asks every gate of a trigger, also after one holds: people want to know all that is in the way. */
export function judge(situation: Situation, plan: Plan, opening?: Opening): Judged {
  const { trigger } = plan;
  const approach = approachOf(situation, plan, opening);
  const { found } = approach;
  const guards = guardTrigger(situation, trigger, opening !== undefined);
  const again = found && answerAgain(situation, found, trigger);
  let { holds, changesAt } = approach;
  for (const gate of plan.gates) {
    const finding = findOnce(gate, situation, approach, opening);
    if (!finding.passes) holds = withNumber(holds, gate.number);
    changesAt = sooner(changesAt, finding);
  }
  for (const guard of guards) {
    if (!guard.passes) holds = withHold(holds, guard.gate);
    changesAt = sooner(changesAt, guard);
  }
  if (again) {
    if (!again.passes) holds = withHold(holds, again.gate);
    changesAt = sooner(changesAt, again);
  }
  const hour = found && holds === NO_HOLDS ? hourOf(situation, plan, approach, opening) : undefined;
  const due = hour && 'kind' in hour ? hour : undefined;
  const last = hour && !('kind' in hour) ? hour : undefined;
  if (last) {
    holds = withHold(holds, last.gate);
    changesAt = sooner(changesAt, last);
  }
  // Written out: an object that is spread together is many times as slow to make and to read.
  return { situation, plan, trigger, opening, approach, guards, again, last, holds, changesAt, due };
}

/** All that was found, in the order in which people read it. */
export function findingsOf(judged: Judged): readonly Finding[] {
  const { situation, plan, opening, approach, guards, again, last } = judged;
  const { route, first, then } = approach;
  return [
    ...plan.gates.map((gate) => findOnce(gate, situation, approach, opening)),
    ...(route.finding ? [route.finding] : []),
    ...guards,
    ...first,
    ...(again ? [again] : []),
    ...then,
    ...(last ? [last] : []),
  ];
}

function findOnce(
  { gate, side, slot }: PlannedGate,
  situation: Situation,
  { found }: Approach,
  opening: Opening | undefined,
): Finding {
  if (slot === undefined) return findGate(gate, side, situation, { person: found?.person, opening });
  const { gates } = situation.found;
  const finding = gates[slot] ?? findGate(gate, side, situation, {});
  gates[slot] = finding;
  return finding;
}

// Every gate lets it pass; what is left is the hour.
function hourOf(
  situation: Situation,
  { trigger }: Plan,
  { found, route }: Approach,
  opening: Opening | undefined,
): Due | Finding | undefined {
  if (!found) return undefined;
  const due = dueOf(situation, trigger, route.channel, found.person, opening);
  return 'kind' in due ? due : told(due);
}
