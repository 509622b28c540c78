import type { AskRecord, Person } from './account.ts';
import { answerHold, answerRate } from './account-guardrail.ts';
import { durationInWords, nextInWords, personInWords, whenInWords } from './because.ts';
import type { Channel, Rate, Trigger } from './catalog.ts';
import { domainOf, isAtDomain, isOurOwn } from './domain.ts';
import { type Finding, holding, passing } from './finding.ts';
import type { GateName } from './gate-labels.ts';
import { askableAgainAt, declinedAt, standing, standingOfPeople } from './ledger.ts';
import { latestAnswer } from './nps.ts';
import { hasLeft } from './people.ts';
import type { FoundOfPerson, Situation } from './situation.ts';
import { DAY, type Duration, type Instant } from './time.ts';

const YEAR: Duration = 365 * DAY;
/** After the card's ✕ no nudge for that long. */
const NUDGE_CLOSED_FOR: Duration = 30 * DAY;
const DETRACTOR_AT_MOST = 6;

/** Who it is, and whether there is an address. */
export function introduce(person: Person, channel: Channel): Finding[] {
  return [passing('no_person', () => personInWords(person)), answerAddress(person, channel)];
}

/** Whether they are still of the account: who has left it is asked nothing there. */
export function answerPresence({ view }: Situation, person: Person): Finding {
  return hasLeft(view.state, person.id)
    ? holding('no_person', () => `${personInWords(person)} has left the account`)
    : passing('no_person', () => personInWords(person));
}

/** Whether the trigger may ask this person anew. While an ask of its own is still on its way it may not. */
export function answerAgain({ at, zone }: Situation, found: FoundOfPerson, trigger: Trigger): Finding {
  // Each event is thanked for by itself, also while other thanks are still on their way.
  if (trigger.again === 0 && trigger.on.length > 0) return EACH_TIME;
  const { person } = found;
  const until = againAt(found, trigger, at);
  if (until === undefined) {
    found.notAgain ??= neverAsked(person);
    return found.notAgain;
  }
  const once = trigger.again === 'never' ? ', and it is asked only once' : '';
  const words = () =>
    `${personInWords(person)} was asked this before, or is about to be${once}${nextInWords(until, at, zone)}`;
  return holding('again', words, until);
}

const EACH_TIME = passing('again', 'may be said each time');

/** What the guardrails say of asking this person, through this channel. */
export function guardPerson(
  situation: Situation,
  found: FoundOfPerson,
  kind: Trigger['kind'],
  channel: Channel,
): readonly Finding[] {
  if (kind === 'thanks') return [answerSuppression(found.person, kind)];
  found.guards ??= guards(situation, found);
  if (channel !== 'nudge') return found.guards;
  const { perPerson } = situation.catalog.guardrails;
  const nudges = found.asks.filter((ask) => ask.kind === 'ask' && ask.channel === 'nudge');
  return [
    ...found.guards,
    answerPersonRate(situation, found.person, 'per_person.nudges', 'saw a card', perPerson.nudges, nudges),
    answerClosed(situation, found.person, found.asks),
  ];
}

function guards(situation: Situation, { person, asks: all }: FoundOfPerson): readonly Finding[] {
  const { perPerson, perAccount } = situation.catalog.guardrails;
  const asks = all.filter(({ kind }) => kind === 'ask');
  const perYear = { count: perPerson.asksPerYear, within: YEAR };
  return [
    ...answerNever(situation, person),
    answerHold(person.hold, 'person', situation),
    answerSuppression(person, 'ask'),
    answerPersonRate(situation, person, 'per_person.asks', 'was asked', perPerson.asks, asks),
    answerPersonRate(situation, person, 'per_person.asks_per_year', 'was asked', perYear, asks),
    answerDecline(situation, person, all),
    answerDetractor(situation, person),
    answerPeople(situation, person, perAccount.people),
  ];
}

function answerPersonRate(
  situation: Situation,
  person: Person,
  gate: GateName,
  what: string,
  limit: Rate,
  asks: readonly AskRecord[],
): Finding {
  const words = () => `${personInWords(person)} ${what}`;
  return answerRate(gate, words, limit, standing(asks, limit, situation.at), situation);
}

/** No more asks, or no more messages at all. News of one's own referral goes on after "no more asks". */
export function answerSuppression(person: Person, kind: 'ask' | 'thanks'): Finding {
  if (person.suppressed === 'all')
    return holding('suppressed', () => `${personInWords(person)} wants no messages from us`);
  if (person.suppressed === 'asks' && kind === 'ask')
    return holding('suppressed', () => `${personInWords(person)} does not want to be asked any more`);
  return passing('suppressed', () => `${personInWords(person)} has not unsubscribed`);
}

/** An email needs an address. A draft needs none, but says so to the owner who reads it. */
export function answerAddress(person: Person, channel: Channel): Finding {
  if (domainOf(person.traits.email) !== undefined)
    return passing('no_address', () => `${personInWords(person)} has an address`);
  const words = () => `no email address of ${personInWords(person)} is known`;
  if (channel === 'email') return holding('no_address', words);
  return passing('no_address', () => `${words()}, and this needs none`);
}

function againAt({ asks }: FoundOfPerson, trigger: Trigger, at: Instant): Instant | undefined {
  const { again, name, status } = trigger;
  let until: Instant | undefined;
  for (const ask of asks) {
    const end = ask.trigger === name ? askableAgainAt(ask, again, status === 'shadow', at) : undefined;
    if (end !== undefined) until = Math.max(end, until ?? end);
  }
  return until;
}

function neverAsked(person: Person): Finding {
  return passing('again', () => `${personInWords(person)} was not asked this before, or long enough ago`);
}

function answerNever({ catalog, view }: Situation, person: Person): Finding[] {
  const { never } = catalog.guardrails;
  const domain = domainOf(person.traits.email);
  const findings = [
    never.people.includes(person.id)
      ? holding('never.people', () => `${personInWords(person)} is on the list of people never asked`)
      : passing('never.people', () => `${personInWords(person)} is not on the list of people never asked`),
  ];
  if (domain === undefined) return findings;
  if (isAtDomain(domain, never.domains)) {
    findings.push(holding('never.domains', () => `${domain} is on the list of domains never asked`));
  }
  if (isOurOwn(domain, view.workspace)) {
    findings.push(holding('team_domains', () => `${personInWords(person)} is one of our own team`));
  }
  return findings;
}

function answerDecline(
  { catalog, at, zone }: Situation,
  person: Person,
  asks: readonly AskRecord[],
): Finding {
  const { afterDecline } = catalog.guardrails.perPerson;
  const gate = 'per_person.after_decline';
  const latest = latestOf(asks, declinedAt);
  const until = latest + afterDecline;
  if (!(until > at)) {
    const words = () =>
      `${personInWords(person)} has not declined in the last ${durationInWords(afterDecline)}`;
    return passing(gate, words);
  }
  const words = () => `${personInWords(person)} declined on ${whenInWords(latest, at, zone)}`;
  return holding(gate, () => words() + nextInWords(until, at, zone), until);
}

function answerDetractor({ catalog, view, at, zone }: Situation, person: Person): Finding {
  const { detractorFor } = catalog.guardrails.perPerson;
  const gate = 'per_person.detractor_for';
  const answer = latestAnswer(view.state, person.id);
  const until = answer === undefined ? at : answer.answeredAt + detractorFor;
  if (answer === undefined || answer.score > DETRACTOR_AT_MOST || until <= at)
    return passing(gate, () => `${personInWords(person)} gave no low score of late`);
  const { score, answeredAt } = answer;
  const words = () => `${personInWords(person)} gave a ${score} on ${whenInWords(answeredAt, at, zone)}`;
  return holding(gate, () => words() + nextInWords(until, at, zone), until);
}

function answerPeople(situation: Situation, person: Person, limit: Rate): Finding {
  const { at, zone } = situation;
  const asks = situation.asks.filter((ask) => ask.kind === 'ask' && situation.counts(ask));
  const { taken, full, freeAt } = standingOfPeople(asks, limit, person.id, at);
  const words = () => {
    const people = taken === 1 ? '1 person' : `${taken || 'no'} people`;
    return `${people} of this account asked in the last ${durationInWords(limit.within)}`;
  };
  if (!full) return passing('per_account.people', words);
  const more = () => `${words()}, and ${limit.count} is the most${nextInWords(freeAt, at, zone)}`;
  return holding('per_account.people', more, freeAt);
}

function answerClosed({ at, zone }: Situation, person: Person, asks: readonly AskRecord[]): Finding {
  const latest = latestOf(asks, ({ closedAt }) => closedAt);
  const until = latest + NUDGE_CLOSED_FOR;
  if (!(until > at))
    return passing('nudge_closed', () => `${personInWords(person)} has not closed a card of late`);
  const words = () => `${personInWords(person)} closed a card on ${whenInWords(latest, at, zone)}`;
  return holding('nudge_closed', () => words() + nextInWords(until, at, zone), until);
}

/** The latest of these instants; -Infinity when there is none. */
function latestOf(asks: readonly AskRecord[], instant: (ask: AskRecord) => Instant | undefined): Instant {
  let latest = Number.NEGATIVE_INFINITY;
  for (const ask of asks) {
    const at = instant(ask);
    if (at !== undefined && at > latest) latest = at;
  }
  return latest;
}
