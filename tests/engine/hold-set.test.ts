import { expect, test } from 'vitest';
import { NO_HOLDS, withHold } from '../../src/engine/hold-set.ts';

const setOf = (...names: string[]) => names.reduce(withHold, NO_HOLDS);

test('the same names are one set, in whatever order and however often they came', () => {
  expect(setOf('readiness', 'again', 'readiness')).toBe(setOf('again', 'readiness'));
  expect(setOf('again')).not.toBe(setOf('again', 'readiness'));
  expect(setOf()).toBe(NO_HOLDS);
});

test('a set knows its names in order, and how an agenda writes them', () => {
  expect(setOf('referral', 'declined').names).toEqual(['declined', 'referral']);
  expect(setOf('referral', 'declined').verdict).toBe('hold:declined,referral:');
  expect(NO_HOLDS.verdict).toBe('hold::');
});

test('names of signals that every object has are names like any other', () => {
  expect(setOf('constructor', '__proto__').names).toEqual(['__proto__', 'constructor']);
});

test('more sets than are remembered are still told apart', () => {
  const many = Array.from({ length: 12_000 }, (_, n) => setOf(`a${n % 120}`, `b${Math.floor(n / 120)}`));
  expect(new Set(many.map(({ verdict }) => verdict)).size).toBe(12_000);
  expect(setOf('again', 'readiness').names).toEqual(['again', 'readiness']);
});
