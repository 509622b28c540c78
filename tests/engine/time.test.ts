import { expect, test } from 'vitest';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, SECOND } from '../../src/engine/time.ts';

test.each([
  ['30s', 30 * SECOND],
  ['5m', 5 * MINUTE],
  ['2h', 2 * HOUR],
  ['14d', 14 * DAY],
  ['8w', 56 * DAY],
  ['999999d', 999_999 * DAY],
  ['0s', 0],
])('%s is a length', (text, length) => {
  expect(parseDuration(text)).toBe(length);
});

test.each(['', 's', '5', '5y', '1.5h', ' 5m', '5m ', 'x5m', '5mx', '-5m', '1234567s', '5M'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  [14 * DAY, '14d'],
  [36 * HOUR, '36h'],
  [90 * MINUTE, '90m'],
  [90 * SECOND, '90s'],
  [0, '0s'],
  [1499, '1s'],
  [-DAY, '-86400s'],
])('%d milliseconds are %s', (length, text) => {
  expect(formatDuration(length)).toBe(text);
});
