import type { Signal } from './catalog.ts';
import { fade, read } from './measure.ts';
import { NO_EVIDENCE, type Reading } from './reading.ts';
import { type PersonName, sentenceOf } from './says.ts';
import type { AccountState } from './state.ts';
import type { Instant } from './time.ts';

export type Contribution = { readonly signal: string; readonly points: number; readonly says: string };
export type Damper = { readonly signal: string; readonly factor: number; readonly says: string };

/** 0–100: how ready the account is to vouch. `contributions` sum to `value`. */
export type Readiness = {
  readonly at: Instant;
  readonly value: number;
  readonly contributions: readonly Contribution[];
  readonly dampers: readonly Damper[];
};

/** What readiness rests on at one instant, by the places of the signals; `x` is strength × fade. */
export type Evidence = {
  readonly at: Instant;
  readonly value: number;
  readonly readings: readonly Reading[];
  readonly x: readonly number[];
};

/**
 * Scores an account at `at`, which is no earlier than the events folded:
 * 100 × (1 − Π(1 − points/100 · x)) × Π(1 − dampens · x).
 * What a signal contributes is its share of Σ −ln(1 − points/100 · x). Strongest first; a signal with `x` = 0 is
 * left out. Without `personName` people are called by their ids.
 */
export function score(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  personName: PersonName = (id) => id,
): Readiness {
  return explainReadiness(signals, weigh(state, signals, at), personName);
}

/** The number alone, with what it rests on. */
export function weigh(state: AccountState, signals: readonly Signal[], at: Instant): Evidence {
  const readings: Reading[] = [];
  const xs: number[] = [];
  let points = 0;
  let damping = 1;
  for (const signal of signals) {
    const { effect } = signal;
    const reading = effect.kind === 'none' ? NO_EVIDENCE : read(state, signal, at);
    const x = fade(signal, reading, at);
    readings.push(reading);
    xs.push(x);
    if (x === 0) continue;
    if (effect.kind === 'points') points = addPoints(points, effect.points * x);
    else if (effect.kind === 'dampens') damping *= 1 - effect.share * x;
  }
  return { at, value: readinessOf(points, damping), readings, x: xs };
}

/** What each signal contributes, and its sentence. */
export function explainReadiness(
  signals: readonly Signal[],
  { at, value, readings, x: xs }: Evidence,
  personName: PersonName,
): Readiness {
  const contributions: Mutable<Contribution>[] = [];
  const dampers: Damper[] = [];
  let weights = 0;
  for (const [place, signal] of signals.entries()) {
    const { effect, name } = signal;
    const [x, reading] = [xs[place], readings[place]];
    if (x === undefined || x === 0 || reading === undefined || effect.kind === 'none') continue;
    const says = sentenceOf(signal, reading.facts, personName);
    if (effect.kind === 'points') {
      const weight = -Math.log1p((-effect.points / 100) * x);
      weights += weight;
      contributions.push({ signal: name, points: weight, says });
    } else dampers.push({ signal: name, factor: 1 - effect.share * x, says });
  }
  // Weights until now; of several they are shares of the whole.
  for (const one of contributions) one.points = weights === 0 ? 0 : (value * one.points) / weights;
  contributions.sort((a, b) => b.points - a.points);
  dampers.sort((a, b) => a.factor - b.factor);
  return { at, value, contributions, dampers };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * Adds `points · x` of one more signal to 100 × (1 − Π(1 − points/100 · x)). In this form one signal alone is worth
 * exactly its points, so that 57 points reach a threshold of 57; and of no part does more ever make less, not even in
 * the last bit, so that what only fades never comes back.
 */
export function addPoints(points: number, more: number): number {
  return points === 0 ? more : 100 - ((100 - points) * (100 - more)) / 100;
}

/** Readiness of what all points together make, and all damping. */
export function readinessOf(points: number, damping: number): number {
  return Math.min(100, points) * damping;
}
