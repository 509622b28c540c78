import type { Opening, Person } from './account.ts';
import { guardAccount, holding, passing } from './account-guardrail.ts';
import { personInWords } from './because.ts';

import type { Channel, Trigger } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { type Due, dueOf } from './due.ts';
import { answerGate } from './gate.ts';
import { answerAddress, answerAgain, answerSuppression, guardPerson } from './person-guardrail.ts';
import { type Route, routeOf } from './route.ts';
import { type Choice, guardedOnce, type Situation, type Subject } from './situation.ts';
import { guardTrigger } from './trigger-guardrail.ts';
import { choosePerson } from './who.ts';

/** One trigger at one account, for one opening: every gate's answer, and when it would ask. */
export type Judged = {
  readonly trigger: Trigger;
  readonly opening?: Opening;
  readonly choice: Choice;
  readonly route: Route;
  readonly gates: readonly GateAnswer[];
  /** There when every gate passes. */
  readonly due?: Due;
};

/** Answers every gate of a trigger, also after one holds: people want to know all that is in the way. */
export function judge(situation: Situation, trigger: Trigger, opening?: Opening): Judged {
  const route = routeOf(situation, trigger);
  const choice = choosePerson(situation, trigger, route.channel, opening);
  const person = choice.kind === 'chosen' ? choice.person : undefined;
  const subject: Subject = { ...(person && { person }), ...(opening && { opening }) };
  const gates: GateAnswer[] = [
    ...trigger.when.map((gate) => answerGate(gate, 'when', situation, subject)),
    ...trigger.unless.map((gate) => answerGate(gate, 'unless', situation, subject)),
    ...(route.answer ? [route.answer] : []),
    ...guardTrigger(situation, trigger, opening !== undefined),
    ...(trigger.kind === 'ask' ? guardedOnce(situation, 'account', () => guardAccount(situation)) : []),
    ...answerPerson(situation, trigger, route, choice),
  ];
  const judged = { trigger, choice, route, ...(opening && { opening }) };
  if (!person || !gates.every(({ passes }) => passes)) return { ...judged, gates };
  const due = dueOf(situation, trigger, route.channel, person, opening);
  return 'kind' in due ? { ...judged, gates, due } : { ...judged, gates: [...gates, due] };
}

function answerPerson(
  situation: Situation,
  trigger: Trigger,
  { channel }: Route,
  choice: Choice,
): GateAnswer[] {
  if (choice.kind === 'unknown') return [holding('no_person', 'the person is still being looked up')];
  if (choice.kind === 'nobody') return [holding('no_person', choice.because)];
  const { person } = choice;
  return [
    passing('no_person', personInWords(person)),
    answerAddress(person, channel),
    answerAgain(situation, person, trigger),
    ...guardsOf(situation, person, trigger, channel),
  ];
}

function guardsOf(
  situation: Situation,
  person: Person,
  { kind }: Trigger,
  channel: Channel,
): readonly GateAnswer[] {
  if (kind === 'thanks') return [answerSuppression(person, 'thanks')];
  const key = `${channel === 'nudge' ? 'nudge' : 'person'}/${person.id}`;
  return guardedOnce(situation, key, () => guardPerson(situation, person, channel));
}
