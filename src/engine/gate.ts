import type { AskRecord } from './account.ts';
import {
  durationInWords,
  mismatchInWords,
  nextInWords,
  pointsInWords,
  valuesInWords,
  whenInWords,
} from './because.ts';
import type { Gate, ReferralGate, Where } from './catalog.ts';
import type { JsonObject } from './event.ts';
import { type Finding, finding } from './finding.ts';
import { countsUntil, declinedAt } from './ledger.ts';
import { matches } from './match.ts';
import { isWithin, type ReadinessBound } from './reaches.ts';
import { findSignal } from './signal-gate.ts';
import { readinessTurnsAt, type Situation, type Subject, traitsIn } from './situation.ts';
import { tenureSince } from './tenure.ts';
import { DAY, type Duration, type Instant } from './time.ts';

export type Side = 'when' | 'unless';

/** Whether the condition of a gate is met, in words, and when time alone could turn that. */
type Condition = {
  readonly met: boolean;
  readonly words: () => string;
  readonly turnsAt: Instant | undefined;
};

/** Looks at one gate of a trigger. Of `when` it passes while its condition is met, of `unless` while it is not. */
export function findGate(gate: Gate, side: Side, situation: Situation, subject: Subject): Finding {
  if (gate.kind === 'signal') return findSignal(situation, gate, side);
  if (gate.kind === 'readiness') return findReadiness(gate, side, situation);
  const { met, words, turnsAt } = conditionOf(gate, situation, subject);
  const passes = met === (side === 'when');
  const because =
    passes || turnsAt === undefined
      ? words
      : () => words() + nextInWords(turnsAt, situation.at, situation.zone);
  return finding(gate.kind, passes, because, turnsAt);
}

function conditionOf(
  gate: Exclude<Gate, { kind: 'signal' | 'readiness' }>,
  situation: Situation,
  { person, opening }: Subject,
): Condition {
  switch (gate.kind) {
    case 'event':
      return opening ? compare(gate.where, opening.properties, '') : NO_EVENT;
    case 'account':
      return compare(gate.where, traitsIn(situation), 'of the account, ');
    case 'person':
      return person ? compare(gate.where, person.traits, 'of the person, ') : NOBODY;
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

function condition(met: boolean, words: () => string, turnsAt?: Instant): Condition {
  return { met, words, turnsAt };
}

const NO_EVENT = condition(false, () => 'no event to look at');
const NOBODY = condition(false, () => 'nobody to look at');

function compare(where: Where, values: JsonObject, whose: string): Condition {
  const met = matches(where, values);
  return condition(met, () => whose + (mismatchInWords(where, values) ?? valuesInWords(where, values)));
}

// When readiness crosses a bound takes work to say. For waking it is worked out for all bounds together, so here
// the bound is only noted.
function findReadiness(gate: ReadinessBound, side: Side, situation: Situation): Finding {
  const { value } = situation.evidence;
  const met = isWithin(gate, value);
  const passes = met === (side === 'when');
  situation.memo.bounds.push(gate);
  const turnsAt = () => readinessTurnsAt(situation, gate);
  const because = () => {
    const words = `readiness is ${pointsInWords(value)}, ${met ? '' : 'not '}${boundInWords(gate)}`;
    return passes ? words : words + nextInWords(turnsAt(), situation.at, situation.zone);
  };
  return {
    gate: 'readiness',
    passes,
    changesAt: undefined,
    because,
    readinessTurnsAt: turnsAt,
    told: undefined,
  };
}

function boundInWords({ atLeast, atMost }: ReadinessBound): string {
  const parts = [
    atLeast === undefined ? [] : `at least ${atLeast}`,
    atMost === undefined ? [] : `at most ${atMost}`,
  ];
  return parts.flat().join(' and ');
}

type AskedGate = Extract<Gate, { kind: 'asked' }>;

function findAsked(gate: AskedGate, { asks, counts, at, zone }: Situation): Condition {
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
  if (until === undefined) return condition(false, () => `not asked in the last ${durationInWords(within)}`);
  const words = () => {
    const when = whenInWords(latest, at, zone);
    return `asked ${when.startsWith('today') ? when : `on ${when}`}, within the last ${durationInWords(within)}`;
  };
  return condition(true, words, until === Number.POSITIVE_INFINITY ? undefined : until);
}

function findDeclined(within: Duration, { asks, at, zone }: Situation): Condition {
  let latest = Number.NEGATIVE_INFINITY;
  for (const ask of asks) {
    const declined = declinedAt(ask);
    if (declined !== undefined && declined + within > at) latest = Math.max(declined, latest);
  }
  if (latest === Number.NEGATIVE_INFINITY)
    return condition(false, () => `nobody declined in the last ${durationInWords(within)}`);
  return condition(true, () => `someone declined on ${whenInWords(latest, at, zone)}`, latest + within);
}

const FINAL_STAGES: ReadonlySet<string> = new Set(['won', 'lost', 'churned']);

function findReferral(gate: ReferralGate, { view, at }: Situation): Condition {
  const referrals = Object.values(view.state.referrals);
  if (gate === 'any') return condition(referrals.length > 0, () => count(referrals.length, 'referral'));
  if (gate === 'in_progress') {
    const open = referrals.filter(({ stage }) => !FINAL_STAGES.has(stage)).length;
    return condition(open > 0, () => `${count(open, 'referral')} in progress`);
  }
  const { stage, within } = typeof gate === 'string' ? { stage: gate, within: undefined } : gate;
  const there = referrals.filter((referral) => referral.stage === stage);
  if (within === undefined)
    return condition(there.length > 0, () => `${count(there.length, 'referral')} ${stage}`);
  const latest = there.reduce((last, referral) => Math.max(last, referral.at), Number.NEGATIVE_INFINITY);
  const met = latest + within > at;
  const words = () => `${met ? 'a' : 'no'} referral ${stage} in the last ${durationInWords(within)}`;
  return condition(met, words, met ? latest + within : undefined);
}

function findTenure(atLeast: Duration, { view, at }: Situation): Condition {
  const since = tenureSince(view.state);
  if (!since) return condition(false, () => 'not known how long they have been a customer');
  const met = at - since.at >= atLeast;
  const words = () => `a customer for ${count(Math.max(0, Math.floor((at - since.at) / DAY)), 'day')}`;
  return condition(met, words, met ? undefined : since.at + atLeast);
}

function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}
