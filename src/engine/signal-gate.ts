import { durationInWords, nameInWords, nextInWords, whenInWords } from './because.ts';
import type { Gate, Signal } from './catalog.ts';
import { type Finding, finding } from './finding.ts';
import type { Measured } from './measure.ts';
import { sentenceOf } from './says.ts';
import { calledBy, measuredIn, type Situation } from './situation.ts';
import type { Duration, Instant } from './time.ts';

export type SignalGate = Omit<Extract<Gate, { kind: 'signal' }>, 'kind'>;

/**
 * Answers a gate on a signal: in `when` it wants the evidence, in `unless` and among the blockers its absence.
 * Evidence counts while strength × fade is above 0 and it dates from (at − within, at]. A kind that has no date
 * holds now, and so lies within any length of time.
 */
export function findSignal(situation: Situation, gate: SignalGate, side: 'when' | 'unless'): Finding {
  const { signal: name, within } = gate;
  const signal = situation.index.signals.get(name);
  if (!signal) return finding(name, side === 'unless', `nothing is known of ${name}`);
  const measured = measuredIn(situation, signal);
  const present = isPresent(measured, within, situation.at);
  const turnsAt = turns(measured, within, present);
  const passes = present === (side === 'when');
  const because = () => {
    const words = present
      ? sentenceOf(signal, measured.facts, (id) => calledBy(situation.view.people, id))
      : missing(situation, signal, measured, within);
    if (passes) return words;
    return words + (present ? untilOver(situation, signal, turnsAt) : next(situation, turnsAt));
  };
  return finding(name, passes, because, turnsAt);
}

// Only what expires is over by a certain instant, whatever else happens.
function untilOver({ at, zone }: Situation, { expires }: Signal, turnsAt: Instant | undefined): string {
  const certain = turnsAt !== undefined && expires !== undefined;
  return `; will ask when this is over${certain ? `, at the latest ${whenInWords(turnsAt, at, zone)}` : ''}`;
}

const next = ({ at, zone }: Situation, turnsAt: Instant | undefined) => nextInWords(turnsAt, at, zone);

function isPresent({ x, datedAt }: Measured, within: Duration | undefined, at: Instant): boolean {
  return x > 0 && (within === undefined || datedAt === undefined || datedAt + within > at);
}

function turns(
  { x, changesAt, datedAt }: Measured,
  within: Duration | undefined,
  present: boolean,
): Instant | undefined {
  // Evidence older than `within` grows no younger.
  if (!present) return x > 0 ? undefined : changesAt;
  if (within === undefined || datedAt === undefined) return changesAt;
  const leaves = datedAt + within;
  return changesAt !== undefined && changesAt < leaves ? changesAt : leaves;
}

function missing(
  { at, zone }: Situation,
  signal: Signal,
  { x, datedAt }: Measured,
  within: Duration | undefined,
): string {
  const name = nameInWords(signal.name);
  if (x > 0 && datedAt !== undefined && within !== undefined) {
    return `${name} was last on ${whenInWords(datedAt, at, zone)}, longer than ${durationInWords(within)} ago`;
  }
  return datedAt === undefined
    ? `no sign of: ${name}`
    : `no longer: ${name}, last on ${whenInWords(datedAt, at, zone)}`;
}
