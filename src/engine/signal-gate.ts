import { durationInWords, nextInWords, whenInWords } from './because.ts';
import type { Gate, Signal } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import type { Finding } from './finding.ts';
import type { Measured } from './measure.ts';
import { own } from './record.ts';
import { renderSays, signalInWords } from './says.ts';
import { measuredIn, type Situation } from './situation.ts';
import type { Duration, Instant } from './time.ts';

export type SignalGate = Omit<Extract<Gate, { kind: 'signal' }>, 'kind'>;

/**
 * Answers a gate on a signal: in `when` it wants the evidence, in `unless` and among the blockers its absence.
 * Evidence counts while strength × fade is above 0 and it dates from (at − within, at]. A kind that has no date
 * holds now, and so lies within any length of time.
 */
export function findSignal(situation: Situation, gate: SignalGate, side: 'when' | 'unless'): Finding {
  const signal = situation.index.signals.get(gate.signal);
  if (!signal) return unheardOf(gate.signal, side === 'unless');
  const measured = measuredIn(situation, signal);
  const present = isPresent(measured, gate.within, situation.at);
  const turnsAt = turns(measured, gate.within, present, situation.at);
  const passes = present === (side === 'when');
  const answer = () => {
    const because = present
      ? sentence(situation, signal, measured)
      : missing(situation, signal, measured, gate.within);
    return toAnswer({ gate: gate.signal, passes, because }, turnsAt, present, signal, situation);
  };
  return { gate: gate.signal, passes, changesAt: turnsAt, answer };
}

function unheardOf(gate: string, passes: boolean): Finding {
  return {
    gate,
    passes,
    changesAt: undefined,
    answer: { gate, passes, because: `nothing is known of ${gate}` },
  };
}

function toAnswer(
  answer: GateAnswer,
  turnsAt: Instant | undefined,
  present: boolean,
  signal: Signal,
  { at, zone }: Situation,
): GateAnswer {
  if (answer.passes) return turnsAt === undefined ? answer : { ...answer, changesAt: turnsAt };
  if (!present) {
    const because = answer.because + nextInWords(turnsAt, at, zone);
    return turnsAt === undefined ? answer : { ...answer, because, couldPassAt: turnsAt, changesAt: turnsAt };
  }
  // Only what expires is over by a certain instant, whatever else happens.
  const certain = turnsAt !== undefined && signal.expires !== undefined;
  const because = `${answer.because}; will ask when this is over${certain ? `, at the latest ${whenInWords(turnsAt, at, zone)}` : ''}`;
  return turnsAt === undefined
    ? { ...answer, because }
    : { ...answer, because, couldPassAt: turnsAt, changesAt: turnsAt };
}

function isPresent({ x, datedAt }: Measured, within: Duration | undefined, at: Instant): boolean {
  return x > 0 && (within === undefined || datedAt === undefined || datedAt + within > at);
}

function turns(
  { x, changesAt, datedAt }: Measured,
  within: Duration | undefined,
  present: boolean,
  at: Instant,
): Instant | undefined {
  // Evidence older than `within` grows no younger.
  if (!present) return x > 0 ? undefined : changesAt;
  if (within === undefined || datedAt === undefined) return changesAt;
  const leaves = datedAt + within;
  return changesAt !== undefined && changesAt < leaves && changesAt > at ? changesAt : leaves;
}

function missing(
  { at, zone }: Situation,
  signal: Signal,
  { x, datedAt }: Measured,
  within: Duration | undefined,
): string {
  const name = signalInWords(signal);
  if (x > 0 && datedAt !== undefined && within !== undefined) {
    return `${name} was last on ${whenInWords(datedAt, at, zone)}, longer than ${durationInWords(within)} ago`;
  }
  return datedAt === undefined
    ? `no sign of: ${name}`
    : `no longer: ${name}, last on ${whenInWords(datedAt, at, zone)}`;
}

function sentence({ view }: Situation, signal: Signal, { facts }: Measured): string {
  if (signal.says === undefined) return signalInWords(signal);
  return renderSays(signal.says, (name) => {
    if (name === 'person' && facts.personId !== undefined) {
      const traits = view.people.get(facts.personId)?.traits;
      return traits?.first_name ?? traits?.name ?? facts.personId;
    }
    if (name === 'count' || name === 'from' || name === 'to' || name === 'value') {
      if (facts[name] !== undefined) return facts[name];
    }
    return facts.said && own(facts.said, name);
  });
}
