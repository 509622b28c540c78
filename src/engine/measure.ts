import type { Signal } from './catalog.ts';
import { frequencyEndsAt, readFrequency } from './frequency.ts';
import { growthTurnsAt, readGrowth } from './growth.ts';
import { readHappened } from './happened.ts';
import { readMilestone } from './milestone.ts';
import { readNps } from './nps.ts';
import type { Facts, Reading } from './reading.ts';
import { readSilent, silentFrom } from './silent.ts';
import type { AccountState } from './state.ts';
import { readTenure, tenureSince } from './tenure.ts';
import type { Duration, Instant } from './time.ts';
import { readTrait, traitTurnsAt } from './trait.ts';

/** A signal at one instant. `x` = strength × fade, 0–1. */
export type Measured = {
  readonly strength: 0 | 1;
  readonly x: number;
  /** The instant the evidence dates from; absent for kinds that do not fade, and without evidence. */
  readonly datedAt: Instant | undefined;
  /** The first later instant at which strength, or whether `x` is above 0, changes by time alone; absent: never. */
  readonly changesAt: Instant | undefined;
  readonly facts: Facts;
};

// 2 ** -1075 is the first power of a half that is 0 as a JavaScript number.
const HALVINGS_TO_NOTHING = 1075;
const LAST_DATE: Instant = 8.64e15;

/**
 * Measures a signal at `at`, which is no earlier than the events folded. Where it is (a second look at an earlier
 * decision), what came after it counts as if it had just happened.
 */
export function measure(state: AccountState, signal: Signal, at: Instant): Measured {
  const reading = read(state, signal, at);
  const x = fade(signal, reading, at);
  const end = x > 0 ? after(at, fadedAt(signal, reading)) : undefined;
  const changesAt = earlier(turnsAt(state, signal, at, reading), end);
  const { strength, datedAt, facts } = reading;
  return { strength, x, datedAt, changesAt, facts };
}

/** The signal before fading. */
export function read(state: AccountState, { name, evidence }: Signal, at: Instant): Reading {
  switch (evidence.kind) {
    case 'happened':
      return readHappened(state, name);
    case 'milestone':
      return readMilestone(state, name, evidence.times);
    case 'frequency':
      return readFrequency(state, name, evidence.times, evidence.within, at);
    case 'growth':
      return readGrowth(state, evidence.trait, evidence.by, evidence.within, at);
    case 'nps':
      return readNps(state, evidence, evidence.people);
    case 'silent':
      return readSilent(state, name, evidence.for, at);
    case 'trait':
      return readTrait(state, evidence.name, evidence.test, at);
    case 'tenure':
      return readTenure(state, evidence.atLeast, at);
    default:
      return evidence satisfies never;
  }
}

/** `x` = strength × fade: 0 from `expires` on, else halved every `half_life`. */
export function fade({ halfLife, expires }: Signal, { strength, datedAt }: Reading, at: Instant): number {
  if (strength === 0) return 0;
  if (datedAt === undefined) return 1;
  const age = Math.max(0, at - datedAt);
  if (expires !== undefined && age >= expires) return 0;
  return halfLife === undefined ? 1 : halve(age, halfLife);
}

/**
 * 2 ** (−age / halfLife), and exactly so after whole half-lives. The exponential function is several times as fast as
 * the power, and this is most of the arithmetic there is.
 */
export function halve(age: Duration, halfLife: Duration): number {
  const halvings = age / halfLife;
  const whole = Math.floor(halvings);
  const rest = Math.exp((whole - halvings) * Math.LN2);
  return whole === 0 ? rest : rest * (HALVES[whole] ?? 0);
}

// Math.pow may be a bit off, and these must not be.
const HALVES = Array.from({ length: HALVINGS_TO_NOTHING }, (_, n) => halved(n));

function halved(times: number): number {
  let value = 1;
  for (let n = 0; n < times; n += 1) value /= 2;
  return value;
}

/** The first instant after `at` at which evidence starts, ends or expires by time alone. */
export function turnsAt(
  state: AccountState,
  signal: Signal,
  at: Instant,
  reading: Reading,
): Instant | undefined {
  return earlier(strengthTurnsAt(state, signal, at), after(at, expiresAt(signal, reading)));
}

/** From when on evidence that only ever halves is 0 as a number. */
export function fadedAt({ halfLife }: Signal, { strength, datedAt }: Reading): Instant | undefined {
  if (strength === 0 || datedAt === undefined || halfLife === undefined) return undefined;
  return Math.min(datedAt + Math.ceil(halfLife * HALVINGS_TO_NOTHING), LAST_DATE);
}

function strengthTurnsAt(state: AccountState, { name, evidence }: Signal, at: Instant): Instant | undefined {
  switch (evidence.kind) {
    case 'happened':
    case 'milestone':
    case 'nps':
      return undefined;
    case 'frequency':
      return after(at, frequencyEndsAt(state, name, evidence.times, evidence.within));
    case 'growth':
      return growthTurnsAt(state, evidence.trait, evidence.by, evidence.within, at);
    case 'silent':
      return after(at, silentFrom(state, name, evidence.for));
    case 'trait':
      return traitTurnsAt(state, evidence.name, evidence.test, at);
    case 'tenure': {
      const since = tenureSince(state);
      return since && after(at, since.at + evidence.atLeast);
    }
    default:
      return evidence satisfies never;
  }
}

function expiresAt({ expires }: Signal, { strength, datedAt }: Reading): Instant | undefined {
  return strength === 0 || datedAt === undefined || expires === undefined ? undefined : datedAt + expires;
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function after(at: Instant, instant: Instant | undefined): Instant | undefined {
  return instant !== undefined && instant > at ? instant : undefined;
}
