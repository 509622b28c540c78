import type { Opening } from './account.ts';
import { guardAccount } from './account-guardrail.ts';
import type { Trigger } from './catalog.ts';
import type { Plan } from './catalog-index.ts';
import { type Finding, holding, sooner } from './finding.ts';
import { type HoldSet, NO_HOLDS, withHold } from './hold-set.ts';
import { guardPerson, introduce } from './person-guardrail.ts';
import { type Route, routeOf } from './route.ts';
import { type Choice, type FoundOfPerson, foundOf, type Situation } from './situation.ts';
import type { Instant } from './time.ts';
import { choosePerson } from './who.ts';

/** Through which channel and whom a trigger would ask, and what was found of that: the same for many triggers. */
export type Approach = {
  readonly route: Route;
  readonly choice: Choice;
  readonly found: FoundOfPerson | undefined;
  /** What was found of account and person before what the trigger says of asking this person again, and after it. */
  readonly first: readonly Finding[];
  readonly then: readonly Finding[];
  /** All that holds here, and the first instant at which time alone could change that; Infinity: never. */
  readonly holds: HoldSet;
  readonly changesAt: Instant;
};

/** The approach of a trigger; what others that ask alike have found is not looked for again. */
export function approachOf(
  situation: Situation,
  { trigger, approach }: Plan,
  opening: Opening | undefined,
): Approach {
  // Who referred somebody is found out by each event anew.
  if (opening && trigger.who === 'referrer') return makeApproach(situation, trigger, opening);
  const approaches = approachesBy(situation, trigger, opening);
  if (approaches === undefined) return makeApproach(situation, trigger, opening);
  const known = approaches[approach] ?? makeApproach(situation, trigger, opening);
  approaches[approach] = known;
  return known;
}

/** What was found already: by who did something, as twenty events may wait of the same few people, else for all. */
function approachesBy(
  situation: Situation,
  { who }: Trigger,
  opening: Opening | undefined,
): (Approach | undefined)[] | undefined {
  if (!opening || who !== 'actor') return situation.found.approaches;
  const actor = opening.personId === undefined ? undefined : situation.view.people.get(opening.personId);
  return actor && foundOf(situation, actor).approaches;
}

function makeApproach(situation: Situation, trigger: Trigger, opening: Opening | undefined): Approach {
  const { kind } = trigger;
  const route = routeOf(situation, trigger);
  const choice = choosePerson(situation, trigger, route.channel, opening);
  const found = choice.kind === 'chosen' ? foundOf(situation, choice.person) : undefined;
  const first = [
    // Thanks are for what has been done, and no guardrail of the account is about them.
    ...(kind === 'ask' ? guardAccount(situation) : []),
    ...(found ? introduce(found.person, route.channel) : [nobody(choice)]),
  ];
  const then = found ? guardPerson(situation, found, kind, route.channel) : [];
  let holds = NO_HOLDS;
  let changesAt = Number.POSITIVE_INFINITY;
  for (const findings of [route.finding ? [route.finding] : [], first, then]) {
    for (const finding of findings) {
      if (!finding.passes) holds = withHold(holds, finding.gate);
      changesAt = sooner(changesAt, finding);
    }
  }
  return { route, choice, found, first, then, holds, changesAt };
}

function nobody(choice: Choice): Finding {
  return holding(
    'no_person',
    choice.kind === 'nobody' ? choice.because : 'the person is still being looked up',
  );
}
