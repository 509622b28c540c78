import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKeys, hashKey, makeKey } from '../src/keys.ts';

const { value: secretKey } = makeKey('secret');
const keys = createKeys(new Map([[hashKey(secretKey), 'secret']]), 'the master secret', []);

describe('how long it takes to turn a wrong secret down tells nothing of', () => {
  test('the mark of a link', () => {
    const token = keys.sign('draft', 'ask_1');
    const guesses = () => wrongAt(token, token.lastIndexOf('.') + 1);
    expect(keys.open('draft', token)).toBe('ask_1');
    for (const guess of guesses()) expect(keys.open('draft', guess)).toBeUndefined();
    expect(tellsApart((guess) => keys.open('draft', guess), guesses)).toBe(false);
  });

  test('an API key', () => {
    const guesses = () => wrongAt(secretKey, 0);
    expect(keys.kindOf(secretKey)).toBe('secret');
    for (const guess of guesses()) expect(keys.kindOf(guess)).toBeUndefined();
    expect(tellsApart(keys.kindOf, guesses)).toBe(false);
  });

  test('what a comparison that stops at the first difference would', () => {
    const mark = keys.sign('draft', 'ask_1');
    const naive = (guess: string) => {
      for (let i = 0; i < mark.length; i += 1) if (guess.charCodeAt(i) !== mark.charCodeAt(i)) return false;
      return true;
    };
    expect(tellsApart(naive, () => wrongAt(mark, 0))).toBe(true);
  });
});

/** The text with another letter at `start`, and with another one at its end. */
function wrongAt(text: string, start: number): [first: string, last: string] {
  const other = (letter = '') => {
    const others = [...'abcdefghijklmnopqrstuvwxyz'].filter((one) => one !== letter);
    return others[randomInt(others.length)] ?? '';
  };
  const written = (guess: string) => Buffer.from(guess).toString(); // neither is a text that is known already
  return [
    written(text.slice(0, start) + other(text[start]) + text.slice(start + 1)),
    written(text.slice(0, -1) + other(text.at(-1))),
  ];
}

const SAMPLES = 2_500;
const CALLS = 20;
const TRIES = 5;
/** Of Welch's t: by chance alone it is reached once in 100,000 times. */
const SIGNIFICANT = 4.5;

/**
 * Whether the two are told apart each time it is tried, with other guesses, and always the same one takes longer: what
 * else a busy machine does may do so once, and so may two texts of which one happens to be found missing sooner.
 */
function tellsApart(
  check: (guess: string) => unknown,
  guesses: () => [first: string, last: string],
): boolean {
  let sign = 0;
  for (let round = 0; round < TRIES; round += 1) {
    const t = welch(check, ...guesses());
    if (Math.abs(t) < SIGNIFICANT || Math.sign(t) === -sign) return false;
    sign = Math.sign(t);
  }
  return true;
}

/** Welch's t of the times that the two guesses take, in turns of random order. */
function welch(check: (guess: string) => unknown, first: string, last: string): number {
  const times: [number[], number[]] = [[], []];
  for (let n = 0; n < 2 * SAMPLES; n += 1) {
    const which = randomInt(2) === 0 ? 0 : 1;
    const guess = which === 0 ? first : last;
    const began = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call += 1) check(guess);
    times[which].push(Number(process.hrtime.bigint() - began));
  }
  const [a, b] = times.map(summary);
  if (a === undefined || b === undefined) throw new Error('nothing was measured');
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.n + b.variance / b.n);
}

/** Of the nine tenths that took least: the others were interrupted. */
function summary(times: readonly number[]) {
  const kept = [...times].sort((a, b) => a - b).slice(0, Math.floor(times.length * 0.9));
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
  return { n: kept.length, mean, variance };
}
