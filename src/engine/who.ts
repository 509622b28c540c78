import type { Opening, Person } from './account.ts';
import type { Channel, Trigger } from './catalog.ts';
import { domainOf, isAtDomain, isOurOwn } from './domain.ts';
import type { PersonId } from './event.ts';
import { tell } from './finding.ts';
import { latestPromoter, promoters } from './nps.ts';
import { answerPresence, answerSuppression } from './person-guardrail.ts';
import { own } from './record.ts';
import type { Choice, Situation } from './situation.ts';
import type { AccountState, PersonMemory } from './state.ts';

/**
 * Picks the person a trigger asks, through the channel it would use. Nobody who has left the account: only thanks reach
 * whom their event names there too, for what was done.
 */
export function choosePerson(
  situation: Situation,
  { who, kind }: Pick<Trigger, 'who' | 'kind'>,
  channel: Channel,
  opening?: Opening,
): Choice {
  switch (who) {
    case 'actor':
      return opening
        ? named(situation, kind, opening.personId, 'the event names nobody')
        : nobody('there is no event yet, so nobody who did it');
    case 'referrer':
      return named(
        situation,
        kind,
        opening && referrerOf(situation.view.state, opening),
        'the event names nobody who referred',
      );
    case 'promoter':
      return promoterOnce(situation);
    case 'champion':
      return championOnce(situation, kind, channel);
    default:
      return who satisfies never;
  }
}

function promoterOnce(situation: Situation): Choice {
  const { choices } = situation.memo;
  choices.promoter ??= choosePromoter(situation);
  return choices.promoter;
}

function choosePromoter(situation: Situation): Choice {
  const { state } = situation.view;
  const promoter = latestPromoter(state);
  if (promoter !== undefined) return known(situation, promoter);
  return nobody(
    promoters(state).length > 0
      ? 'whoever scored a 9 or 10 last has left the account'
      : 'nobody’s latest score is a 9 or 10',
  );
}

// The same for every trigger of an account, and it takes a look at everybody.
function championOnce(situation: Situation, kind: Trigger['kind'], channel: Channel): Choice {
  const { choices } = situation.memo;
  const place = (kind === 'ask' ? 0 : 2) + (channel === 'email' ? 1 : 0);
  const choice = choices.champions[place] ?? chooseChampion(situation, kind, channel);
  choices.champions[place] = choice;
  return choice;
}

/** Whom an event names. */
function named(
  situation: Situation,
  kind: Trigger['kind'],
  personId: PersonId | undefined,
  otherwise: string,
): Choice {
  if (personId === undefined) return nobody(otherwise);
  const choice = known(situation, personId);
  if (kind === 'thanks' || choice.kind !== 'chosen') return choice;
  const presence = answerPresence(situation, choice.person);
  return presence.passes ? choice : nobody(tell(presence).because);
}

function known({ view }: Situation, personId: PersonId): Choice {
  const person = view.people.get(personId);
  return person ? { kind: 'chosen', person } : { kind: 'unknown', people: [personId] };
}

function nobody(because: string): Choice {
  return { kind: 'nobody', because };
}

// The events of a referral are about its advocate. What is remembered of the referral may name them where
// the one event does not.
function referrerOf(state: AccountState, { personId, properties }: Opening): PersonId | undefined {
  const id = properties['referral_id'];
  return personId ?? (typeof id === 'string' ? own(state.referrals, id)?.personId : undefined);
}

/**
 * No detractor, reachable, and first by latest score of 9 or more, evidence of their own, latest event, id.
 * Only the first is loaded at first; each time those loaded cannot be reached, twice as many are.
 */
function chooseChampion(situation: Situation, kind: Trigger['kind'], channel: Channel): Choice {
  const { state, people } = situation.view;
  const { memo } = situation;
  const passedOver = new Set<PersonId>();
  const unknown: PersonId[] = [];
  if (memo.leader === null) memo.leader = firstOf(state, passedOver);
  for (let personId = memo.leader; personId !== undefined; personId = firstOf(state, passedOver)) {
    const person = people.get(personId);
    if (!person) unknown.push(personId);
    else if (unknown.length === 0 && isReachable(situation, person, kind, channel))
      return { kind: 'chosen', person };
    passedOver.add(personId);
    if (unknown.length > 0 && unknown.length * 2 > passedOver.size) break;
  }
  return unknown.length > 0
    ? { kind: 'unknown', people: unknown }
    : nobody('nobody in the account can be reached and is content');
}

type Standing = { readonly personId: PersonId; readonly promoter: boolean; readonly memory: PersonMemory };

function firstOf(state: AccountState, passedOver: ReadonlySet<PersonId>): PersonId | undefined {
  let first: Standing | undefined;
  for (const personId in state.people) {
    const standing = passedOver.has(personId) ? undefined : standingOf(state, personId);
    if (standing && (!first || comesBefore(standing, first))) first = standing;
  }
  return first?.personId;
}

/** Whether the champion rather is `a` than `b`, as far as what they did and said goes. */
export function isAheadOf(state: AccountState, a: PersonId, b: PersonId): boolean {
  const one = standingOf(state, a);
  const other = standingOf(state, b);
  return one !== undefined && (other === undefined || comesBefore(one, other));
}

// Whoever is unhappy, or has left, has none.
function standingOf(state: AccountState, personId: PersonId): Standing | undefined {
  const memory = own(state.people, personId);
  const score = own(state.answers, personId)?.[0]?.score;
  if (!memory || memory.latest.left || (score !== undefined && score <= 6)) return undefined;
  return { personId, promoter: score !== undefined && score >= 9, memory };
}

function comesBefore(a: Standing, b: Standing): boolean {
  if (a.promoter !== b.promoter) return a.promoter;
  if (a.memory.own !== b.memory.own) return a.memory.own > b.memory.own;
  if (a.memory.latest.at !== b.memory.latest.at) return a.memory.latest.at > b.memory.latest.at;
  return a.personId < b.personId;
}

// Whoever must never be asked is no champion, or one colleague of ours in the account would silence it.
function isReachable(
  { catalog, view }: Situation,
  person: Person,
  kind: Trigger['kind'],
  channel: Channel,
): boolean {
  const { never } = catalog.guardrails;
  const domain = domainOf(person.traits.email);
  if (!answerSuppression(person, kind).passes || never.people.includes(person.id)) return false;
  if (domain === undefined) return channel !== 'email';
  return !isAtDomain(domain, never.domains) && !isOurOwn(domain, view.workspace);
}
