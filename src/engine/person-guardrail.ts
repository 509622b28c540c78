import type { AskRecord, Person } from './account.ts';
import { answerHold, answerRate, holding, passing } from './account-guardrail.ts';
import { durationInWords, nextInWords, personInWords, whenInWords } from './because.ts';
import type { Channel, Rate, Trigger } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { domainOf, isAtDomain } from './domain.ts';
import type { GateName } from './gate-labels.ts';
import { askableAgainAt, declinedAt, standing, standingOfPeople } from './ledger.ts';
import { latestAnswer } from './nps.ts';
import { asksOf, type Situation } from './situation.ts';
import { DAY, type Duration, type Instant } from './time.ts';

const YEAR: Duration = 365 * DAY;
/** After the card's ✕ no nudge for that long. */
export const NUDGE_CLOSED_FOR: Duration = 30 * DAY;
const DETRACTOR_AT_MOST = 6;

/** What the guardrails say of asking this person, through this channel. */
export function guardPerson(situation: Situation, person: Person, channel: Channel): GateAnswer[] {
  const { catalog, at } = situation;
  const { perPerson, perAccount } = catalog.guardrails;
  const asks = asksOf(situation, person).filter(({ kind }) => kind === 'ask');
  const name = personInWords(person);
  const rate = (gate: GateName, what: string, limit: Rate, counted: readonly AskRecord[]) =>
    answerRate(gate, `${name} ${what}`, limit, standing(counted, limit, at), situation);
  const answers = [
    ...answerNever(situation, person),
    answerHold(person.hold, 'person', situation),
    answerSuppression(person, 'ask'),
    rate('per_person.asks', 'was asked', perPerson.asks, asks),
    rate('per_person.asks_per_year', 'was asked', { count: perPerson.asksPerYear, within: YEAR }, asks),
    answerDecline(situation, person),
    answerDetractor(situation, person),
    answerPeople(situation, person, perAccount.people),
  ];
  if (channel !== 'nudge') return answers;
  const nudges = asks.filter((ask) => ask.channel === 'nudge');
  return [
    ...answers,
    rate('per_person.nudges', 'saw a card', perPerson.nudges, nudges),
    answerClosed(situation, person),
  ];
}

/** No more asks, or no more messages at all. News of one's own referral goes on after "no more asks". */
export function answerSuppression(person: Person, kind: 'ask' | 'thanks'): GateAnswer {
  const name = personInWords(person);
  if (person.suppressed === 'all') return holding('suppressed', `${name} wants no messages from us`);
  if (person.suppressed === 'asks' && kind === 'ask')
    return holding('suppressed', `${name} does not want to be asked any more`);
  return passing('suppressed', `${name} has not unsubscribed`);
}

/** An email needs an address. A draft needs none, but says so to the owner who reads it. */
export function answerAddress(person: Person, channel: Channel): GateAnswer {
  const name = personInWords(person);
  if (domainOf(person.traits.email) !== undefined) return passing('no_address', `${name} has an address`);
  if (channel === 'email') return holding('no_address', `no email address of ${name} is known`);
  return passing('no_address', `no email address of ${name} is known, and this needs none`);
}

/** Whether the trigger may ask this person anew. While an ask of its own is still on its way it may not. */
export function answerAgain(situation: Situation, person: Person, trigger: Trigger): GateAnswer {
  const { at, zone } = situation;
  const { again, name, on, status } = trigger;
  // Each event is thanked for by itself, also while other thanks are still on their way.
  if (again === 0 && on.length > 0) return passing('again', 'may be said each time');
  let until: Instant | undefined;
  for (const ask of asksOf(situation, person)) {
    const end = ask.trigger === name ? askableAgainAt(ask, again, status === 'shadow', at) : undefined;
    if (end !== undefined) until = Math.max(end, until ?? end);
  }
  const who = personInWords(person);
  if (until === undefined) return passing('again', `${who} was not asked this before, or long enough ago`);
  const words = `${who} was asked this before, or is about to be${again === 'never' ? ', and it is asked only once' : ''}`;
  return holding('again', words + nextInWords(until, at, zone), until);
}

function answerNever({ catalog, view }: Situation, person: Person): GateAnswer[] {
  const { never } = catalog.guardrails;
  const domain = domainOf(person.traits.email);
  const name = personInWords(person);
  const answers: GateAnswer[] = [
    never.people.includes(person.id)
      ? holding('never.people', `${name} is on the list of people never asked`)
      : passing('never.people', `${name} is not on the list of people never asked`),
  ];
  if (domain === undefined) return answers;
  if (isAtDomain(domain, never.domains)) {
    answers.push(holding('never.domains', `${domain} is on the list of domains never asked`));
  }
  if (isAtDomain(domain, view.workspace.teamDomains)) {
    answers.push(holding('team_domains', `${name} is one of our own team`));
  }
  return answers;
}

function answerDecline(situation: Situation, person: Person): GateAnswer {
  const { catalog, at, zone } = situation;
  const { afterDecline } = catalog.guardrails.perPerson;
  const latest = latestOf(asksOf(situation, person), declinedAt);
  const name = personInWords(person);
  const until = latest === undefined ? undefined : latest + afterDecline;
  if (latest === undefined || until === undefined || until <= at) {
    return passing(
      'per_person.after_decline',
      `${name} has not declined in the last ${durationInWords(afterDecline)}`,
    );
  }
  const words = `${name} declined on ${whenInWords(latest, at, zone)}${nextInWords(until, at, zone)}`;
  return holding('per_person.after_decline', words, until);
}

function answerDetractor({ catalog, view, at, zone }: Situation, person: Person): GateAnswer {
  const { detractorFor } = catalog.guardrails.perPerson;
  const answer = latestAnswer(view.state, person.id);
  const name = personInWords(person);
  const until = answer === undefined ? undefined : answer.answeredAt + detractorFor;
  if (answer === undefined || answer.score > DETRACTOR_AT_MOST || until === undefined || until <= at) {
    return passing('per_person.detractor_for', `${name} gave no low score of late`);
  }
  const words = `${name} gave a ${answer.score} on ${whenInWords(answer.answeredAt, at, zone)}${nextInWords(until, at, zone)}`;
  return holding('per_person.detractor_for', words, until);
}

function answerPeople(situation: Situation, person: Person, limit: Rate): GateAnswer {
  const asks = situation.asks.filter((ask) => ask.kind === 'ask' && situation.counts(ask));
  const found = standingOfPeople(asks, limit, person.id, situation.at);
  const people = found.taken === 1 ? '1 person' : `${found.taken || 'no'} people`;
  const words = `${people} of this account asked in the last ${durationInWords(limit.within)}`;
  if (!found.full) return passing('per_account.people', words);
  const because = `${words}, and ${limit.count} is the most${nextInWords(found.freeAt, situation.at, situation.zone)}`;
  return holding('per_account.people', because, found.freeAt);
}

function answerClosed(situation: Situation, person: Person): GateAnswer {
  const { at, zone } = situation;
  const latest = latestOf(asksOf(situation, person), ({ closedAt }) => closedAt);
  const name = personInWords(person);
  const until = latest === undefined ? undefined : latest + NUDGE_CLOSED_FOR;
  if (latest === undefined || until === undefined || until <= at) {
    return passing('nudge_closed', `${name} has not closed a card of late`);
  }
  const words = `${name} closed a card on ${whenInWords(latest, at, zone)}${nextInWords(until, at, zone)}`;
  return holding('nudge_closed', words, until);
}

function latestOf(
  asks: readonly AskRecord[],
  instant: (ask: AskRecord) => Instant | undefined,
): Instant | undefined {
  let latest: Instant | undefined;
  for (const ask of asks) {
    const at = instant(ask);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}
