import type { AskRecord } from './account.ts';
import {
  durationInWords,
  mismatchInWords,
  nextInWords,
  pointsInWords,
  valuesInWords,
  whenInWords,
} from './because.ts';
import type { Gate, ReferralGate } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { countsUntil, declinedAt } from './ledger.ts';
import { matches } from './match.ts';
import { isWithin, type ReadinessBound } from './reaches.ts';
import { answerSignal } from './signal-gate.ts';
import { readinessTurnsAt, type Situation, type Subject, traitsIn } from './situation.ts';
import { tenureSince } from './tenure.ts';
import { DAY, type Duration, type Instant } from './time.ts';

export type Side = 'when' | 'unless';

/** What a gate found: whether its condition is met, in words, and when time alone could turn that. */
export type Finding = { readonly met: boolean; readonly words: string; readonly turnsAt?: Instant };

/** Answers one gate of a trigger. Of `when` it passes while its condition is met, of `unless` while it is not. */
export function answerGate(gate: Gate, side: Side, situation: Situation, subject: Subject): GateAnswer {
  if (gate.kind === 'signal') return answerSignal(situation, gate, side);
  const finding = find(gate, situation, subject);
  return toAnswer(gate.kind, finding, side, situation);
}

export function toAnswer(
  name: string,
  { met, words, turnsAt }: Finding,
  side: Side,
  { at, zone }: Situation,
): GateAnswer {
  const passes = met === (side === 'when');
  if (turnsAt === undefined) return { gate: name, passes, because: words };
  if (passes) return { gate: name, passes, because: words, changesAt: turnsAt };
  const because = words + nextInWords(turnsAt, at, zone);
  return { gate: name, passes, because, couldPassAt: turnsAt, changesAt: turnsAt };
}

function find(
  gate: Exclude<Gate, { kind: 'signal' }>,
  situation: Situation,
  { person, opening }: Subject,
): Finding {
  switch (gate.kind) {
    case 'readiness':
      return findReadiness(gate, situation);
    case 'event':
      if (!opening) return { met: false, words: 'no event to look at' };
      return {
        met: matches(gate.where, opening.properties),
        words: compared(gate.where, opening.properties),
      };
    case 'account': {
      const traits = traitsIn(situation);
      return { met: matches(gate.where, traits), words: `of the account, ${compared(gate.where, traits)}` };
    }
    case 'person':
      if (!person) return { met: false, words: 'nobody to look at' };
      return {
        met: matches(gate.where, person.traits),
        words: `of the person, ${compared(gate.where, person.traits)}`,
      };
    case 'asked':
      return findAsked(gate, situation);
    case 'declined':
      return findDeclined(gate.within, situation);
    case 'referral':
      return findReferral(gate.referral, situation);
    case 'tenure':
      return findTenure(gate.atLeast, situation);
    default:
      return gate satisfies never;
  }
}

const compared = (...given: Parameters<typeof valuesInWords>) =>
  mismatchInWords(...given) ?? valuesInWords(...given);

function findReadiness(bound: ReadinessBound, situation: Situation): Finding {
  const { value } = situation.readiness;
  const turnsAt = readinessTurnsAt(situation, bound);
  const met = isWithin(bound, value);
  const words = `readiness is ${pointsInWords(value)}, ${met ? '' : 'not '}${boundInWords(bound)}`;
  return turnsAt === undefined ? { met, words } : { met, words, turnsAt };
}

function boundInWords({ atLeast, atMost }: ReadinessBound): string {
  const parts = [
    atLeast === undefined ? [] : `at least ${atLeast}`,
    atMost === undefined ? [] : `at most ${atMost}`,
  ];
  return parts.flat().join(' and ');
}

type AskedGate = Extract<Gate, { kind: 'asked' }>;

function findAsked(gate: AskedGate, { asks, counts, at, zone }: Situation): Finding {
  const { within, channel, trigger } = gate;
  const isMeant = (ask: AskRecord) =>
    (trigger === undefined ? ask.kind === 'ask' : ask.trigger === trigger) &&
    (channel === undefined || ask.channel === channel) &&
    counts(ask);
  let until: Instant | undefined;
  let latest = Number.NEGATIVE_INFINITY;
  for (const ask of asks) {
    const end = isMeant(ask) ? countsUntil(ask, within, at) : undefined;
    if (end === undefined) continue;
    until = Math.max(end, until ?? end);
    latest = Math.max(latest, ask.deliveredAt ?? ask.decidedAt);
  }
  if (until === undefined) return { met: false, words: `not asked in the last ${durationInWords(within)}` };
  const when = whenInWords(latest, at, zone);
  const words = `asked ${when.startsWith('today') ? when : `on ${when}`}, within the last ${durationInWords(within)}`;
  return until === Number.POSITIVE_INFINITY ? { met: true, words } : { met: true, words, turnsAt: until };
}

function findDeclined(within: Duration, { asks, at, zone }: Situation): Finding {
  let latest: Instant | undefined;
  for (const ask of asks) {
    const declined = declinedAt(ask);
    if (declined !== undefined && declined + within > at) latest = Math.max(declined, latest ?? declined);
  }
  if (latest === undefined)
    return { met: false, words: `nobody declined in the last ${durationInWords(within)}` };
  const words = `someone declined on ${whenInWords(latest, at, zone)}`;
  return { met: true, words, turnsAt: latest + within };
}

const FINAL_STAGES: ReadonlySet<string> = new Set(['won', 'lost', 'churned']);

function findReferral(gate: ReferralGate, { view, at }: Situation): Finding {
  const referrals = Object.values(view.state.referrals);
  if (gate === 'any') return { met: referrals.length > 0, words: count(referrals.length, 'referral') };
  if (gate === 'in_progress') {
    const open = referrals.filter(({ stage }) => !FINAL_STAGES.has(stage)).length;
    return { met: open > 0, words: `${count(open, 'referral')} in progress` };
  }
  const { stage, within } = typeof gate === 'string' ? { stage: gate, within: undefined } : gate;
  const there = referrals.filter((referral) => referral.stage === stage);
  if (within === undefined)
    return { met: there.length > 0, words: `${count(there.length, 'referral')} ${stage}` };
  const latest = there.reduce((last, referral) => Math.max(last, referral.at), Number.NEGATIVE_INFINITY);
  const met = latest + within > at;
  const words = `${met ? 'a' : 'no'} referral ${stage} in the last ${durationInWords(within)}`;
  return met ? { met, words, turnsAt: latest + within } : { met, words };
}

function findTenure(atLeast: Duration, { view, at }: Situation): Finding {
  const since = tenureSince(view.state);
  if (!since) return { met: false, words: 'not known how long they have been a customer' };
  const met = at - since.at >= atLeast;
  const words = `a customer for ${count(Math.max(0, Math.floor((at - since.at) / DAY)), 'day')}`;
  return met ? { met, words } : { met, words, turnsAt: since.at + atLeast };
}

function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}
