import type { Signal } from './catalog.ts';
import { fade, read } from './measure.ts';
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
  const found: { readonly signal: string; readonly weight: number; readonly says: string }[] = [];
  const dampers: Damper[] = [];
  let points = 0;
  let damping = 1;
  let weights = 0;
  for (const signal of signals) {
    const { effect } = signal;
    if (effect.kind === 'none') continue;
    const reading = read(state, signal, at);
    const x = fade(signal, reading, at);
    if (x === 0) continue;
    const says = sentenceOf(signal, reading.facts, personName);
    if (effect.kind === 'points') {
      const weight = -Math.log1p((-effect.points / 100) * x);
      points = addPoints(points, effect.points * x);
      weights += weight;
      found.push({ signal: signal.name, weight, says });
    } else {
      const factor = 1 - effect.share * x;
      damping *= factor;
      dampers.push({ signal: signal.name, factor, says });
    }
  }
  const value = readinessOf(points, damping);
  const contributions = found
    .map(({ signal, weight, says }) => ({
      signal,
      points: weights === 0 ? 0 : (value * weight) / weights,
      says,
    }))
    .sort((a, b) => b.points - a.points);
  return { at, value, contributions, dampers: dampers.sort((a, b) => a.factor - b.factor) };
}

/**
 * Adds `points · x` of one more signal to 100 × (1 − Π(1 − points/100 · x)). In this form one signal alone is worth
 * exactly its points, so that 57 points reach a threshold of 57.
 */
export function addPoints(points: number, more: number): number {
  return points + more * (1 - points / 100);
}

export function readinessOf(points: number, damping: number): number {
  return Math.min(100, points) * damping;
}
