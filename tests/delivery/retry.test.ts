import { expect, test } from 'vitest';
import { nextTry } from '../../src/delivery/retry.ts';
import { formatDuration, HOUR } from '../../src/engine/time.ts';

test('a mail is tried six times, after longer and longer waits', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempt) => nextTry(attempt, 1000));
  expect(waits.map((at) => (at === undefined ? 'no more' : formatDuration(at - 1000)))).toEqual([
    '1m',
    '5m',
    '30m',
    '2h',
    '6h',
    'no more',
  ]);
});

test('a mail is not tried past its deadline', () => {
  expect(nextTry(4, 0, 2 * HOUR)).toBe(2 * HOUR);
  expect(nextTry(4, 1, 2 * HOUR)).toBeUndefined();
});
