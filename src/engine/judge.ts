import type { Opening, Person } from './account.ts';
import { guardAccount } from './account-guardrail.ts';
import type { Trigger } from './catalog.ts';
import type { Plan, PlannedGate } from './catalog-index.ts';
import { type Due, dueOf } from './due.ts';
import { type Finding, type Group, groupOf, holding, told } from './finding.ts';
import { findGate } from './gate.ts';
import { type HoldSet, NO_HOLDS, union } from './hold-set.ts';
import { guardAgain, guardPerson, introduce } from './person-guardrail.ts';
import { type Route, routeOf } from './route.ts';
import { type Choice, foundOf, type Situation, type Subject } from './situation.ts';
import type { Instant } from './time.ts';
import { guardTrigger } from './trigger-guardrail.ts';
import { choosePerson } from './who.ts';

/** One trigger at one account, for one opening: what every gate found, and when it would ask. */
export type Judged = {
  readonly plan: Plan;
  readonly trigger: Trigger;
  readonly opening: Opening | undefined;
  readonly choice: Choice;
  readonly route: Route;
  /** Its own gates, then those it has in common with others. */
  readonly groups: readonly Group[];
  readonly holds: HoldSet;
  /** The first instant at which one of the answers could change by time alone; Infinity: never. */
  readonly changesAt: Instant;
  /** There when every gate passes. */
  readonly due: Due | undefined;
};

/** Asks every gate of a trigger, also after one holds: people want to know all that is in the way. */
export function judge(situation: Situation, plan: Plan, opening?: Opening): Judged {
  const { trigger } = plan;
  const route = routeOf(situation, trigger);
  const choice = choosePerson(situation, trigger, route.channel, opening);
  const person = choice.kind === 'chosen' ? choice.person : undefined;
  const groups = [groupOf(ownFindings(situation, plan, route, person, opening))];
  if (trigger.kind === 'ask') groups.push(guardAccount(situation));
  if (person) {
    const found = foundOf(situation, person);
    groups.push(
      introduce(found, route.channel),
      guardAgain(situation, found, trigger),
      guardPerson(situation, found, trigger.kind, route.channel),
    );
  } else groups.push(nobody(choice));
  const judged = sumUp(plan, opening, choice, route, groups, undefined);
  if (!person || judged.holds !== NO_HOLDS) return judged;
  const due = dueOf(situation, trigger, route.channel, person, opening);
  if ('kind' in due) return { ...judged, due };
  return sumUp(plan, opening, choice, route, [...groups, groupOf([told(due)])], undefined);
}

/** All that was found, in the order in which people read it. */
export function findingsOf({ groups }: Judged): readonly Finding[] {
  return groups.flatMap(({ findings }) => findings);
}

function sumUp(
  plan: Plan,
  opening: Opening | undefined,
  choice: Choice,
  route: Route,
  groups: readonly Group[],
  due: Due | undefined,
): Judged {
  let holds = NO_HOLDS;
  let first = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    if (group.holds !== NO_HOLDS) holds = union(holds, group.holds);
    if (group.changesAt < first) first = group.changesAt;
  }
  return { plan, trigger: plan.trigger, opening, choice, route, groups, holds, changesAt: first, due };
}

function ownFindings(
  situation: Situation,
  { gates, trigger }: Plan,
  route: Route,
  person: Person | undefined,
  opening: Opening | undefined,
): Finding[] {
  const subject: Subject = { person, opening };
  const findings: Finding[] = [];
  for (const gate of gates) findings.push(findOnce(gate, situation, subject));
  if (route.finding) findings.push(route.finding);
  guardTrigger(situation, trigger, opening !== undefined, findings);
  return findings;
}

function findOnce({ gate, side, slot }: PlannedGate, situation: Situation, subject: Subject): Finding {
  if (slot === undefined) return findGate(gate, side, situation, subject);
  const { gates } = situation.found;
  return (gates[slot] ??= findGate(gate, side, situation, subject));
}

function nobody(choice: Choice): Group {
  return choice.kind === 'nobody' ? groupOf([holding('no_person', choice.because)]) : LOOKED_UP;
}

const LOOKED_UP = groupOf([holding('no_person', 'the person is still being looked up')]);
