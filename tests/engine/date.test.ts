import { describe, expect, test } from 'vitest';
import { readDate } from '../../src/engine/date.ts';

const NEW_YEAR = Date.UTC(2026, 0, 1);

describe('readDate', () => {
  test.each([
    ['2026-01-01', 'a day is its midnight in UTC'],
    ['2026-01-01T00:00:00Z', 'ISO with seconds'],
    ['2026-01-01T00:00', 'a time without a zone is UTC, wherever the server stands'],
    ['2026-01-01 00:00:00', 'a space between day and time'],
    ['2026-01-01 02:00:00 +02:00', 'a zone after a space'],
    ['2025-12-31T17:00:00.000-0700', 'a zone without a colon'],
    ['2026-01-01T01:00:00+01', 'a zone of hours only'],
    [NEW_YEAR, 'milliseconds'],
    [NEW_YEAR / 1000, 'seconds'],
    [NEW_YEAR * 1000, 'microseconds'],
    [String(NEW_YEAR / 1000), 'seconds as text'],
    [`  ${NEW_YEAR}`, 'milliseconds as text'],
  ])('%j: %s', (value, _why) => {
    expect(readDate(value)).toBe(NEW_YEAR);
  });

  test('fractions of seconds are kept to the millisecond', () => {
    expect(readDate(NEW_YEAR / 1000 + 0.0016)).toBe(NEW_YEAR + 2);
    expect(readDate('2026-01-01T00:00:00.123456Z')).toBe(NEW_YEAR + 123);
  });

  test.each([
    ['soon'],
    ['May 1'],
    ['12'],
    ['2026-13-01'],
    ['2026-01-01T25:00'],
    [''],
    [null],
    [true],
    [{}],
    [[2026]],
    [1e300],
  ])('%j is no date', (value) => {
    expect(readDate(value)).toBeUndefined();
  });

  test('nothing reported is no date', () => {
    expect(readDate(undefined)).toBeUndefined();
  });
});
