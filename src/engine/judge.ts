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
import type { Choice, Situation, Subject } from './situation.ts';
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
  /** There when every gate passes. */
  readonly due: Due | undefined;
};

/** Asks every gate of a trigger, also after one holds: people want to know all that is in the way. */
export function judge(situation: Situation, plan: Plan, opening?: Opening): Judged {
  const { trigger } = plan;
  const route = routeOf(situation, trigger);
  const choice = choosePerson(situation, trigger, route.channel, opening);
  const person = choice.kind === 'chosen' ? choice.person : undefined;
  const groups = [groupOf(ownFindings(situation, plan, route, { person, opening }))];
  if (trigger.kind === 'ask') groups.push(guardAccount(situation));
  if (person) {
    groups.push(
      introduce(situation, person, route.channel),
      guardAgain(situation, person, trigger),
      guardPerson(situation, person, trigger.kind, route.channel),
    );
  } else groups.push(nobody(choice));
  const holds = holdsOf(groups);
  if (!person || holds !== NO_HOLDS)
    return { plan, trigger, opening, choice, route, groups, holds, due: undefined };
  return { plan, trigger, opening, choice, route, ...timed(situation, trigger, route, person, groups, opening) };
}

/** All that was found, in the order in which people read it. */
export function findingsOf({ groups }: Judged): readonly Finding[] {
  return groups.flatMap(({ findings }) => findings);
}

export function holdsOf(groups: readonly Group[]): HoldSet {
  let holds = NO_HOLDS;
  for (const group of groups) {
    if (group.holds !== NO_HOLDS) holds = union(holds, group.holds);
  }
  return holds;
}

function ownFindings(situation: Situation, { gates, trigger }: Plan, route: Route, subject: Subject): Finding[] {
  const findings: Finding[] = [];
  for (const gate of gates) findings.push(findOnce(gate, situation, subject));
  if (route.finding) findings.push(route.finding);
  guardTrigger(situation, trigger, subject.opening !== undefined, findings);
  return findings;
}

function findOnce({ gate, side, slot }: PlannedGate, situation: Situation, subject: Subject): Finding {
  if (slot === undefined) return findGate(gate, side, situation, subject);
  const { gates } = situation.found;
  const finding = gates[slot] ?? findGate(gate, side, situation, subject);
  gates[slot] = finding;
  return finding;
}

function nobody(choice: Choice): Group {
  return choice.kind === 'nobody' ? groupOf([holding('no_person', choice.because)]) : LOOKED_UP;
}

const LOOKED_UP = groupOf([holding('no_person', 'the person is still being looked up')]);

// Every gate lets it pass; what is left is the hour.
function timed(
  situation: Situation,
  trigger: Trigger,
  { channel }: Route,
  person: Person,
  groups: readonly Group[],
  opening: Opening | undefined,
): Pick<Judged, 'groups' | 'holds' | 'due'> {
  const due = dueOf(situation, trigger, channel, person, opening);
  if ('kind' in due) return { groups, holds: NO_HOLDS, due };
  const late = groupOf([told(due)]);
  return { groups: [...groups, late], holds: late.holds, due: undefined };
}
