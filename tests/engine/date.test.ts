import { isMainThread } from 'node:worker_threads';
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
    ['2026-01-01T01:00:00+01:00', 'a zone with a colon'],
    ['2026-01-01t00:00:00z', 'small letters'],
    ['2026-01-01T00:00:00,000Z', 'a comma before the fraction'],
    [`${NEW_YEAR / 1000}.000`, 'seconds with a fraction as text'],
  ])('%j: %s', (value, _why) => {
    expect(readDate(value)).toBe(NEW_YEAR);
  });

  test('the unit is told by size, before 1970 as after', () => {
    expect(readDate(-1000)).toBe(-1_000_000);
    expect(readDate(1e11 - 1)).toBe((1e11 - 1) * 1000);
    expect(readDate(1e11)).toBe(1e11);
    expect(readDate(1e14 - 1)).toBe(1e14 - 1);
    expect(readDate(1e14)).toBe(1e11);
    expect(readDate('-1767225600')).toBe(-NEW_YEAR);
    expect(readDate(8.64e18)).toBe(8.64e15);
    expect(readDate(8.641e18)).toBeUndefined();
  });

  test('fractions of seconds are kept to the millisecond', () => {
    expect(readDate(NEW_YEAR / 1000 + 0.0016)).toBe(NEW_YEAR + 2);
    expect(readDate('2026-01-01T00:00:00.123456Z')).toBe(NEW_YEAR + 123);
    expect(readDate(`${NEW_YEAR / 1000}.25`)).toBe(NEW_YEAR + 250);
  });

  test.each([
    ['soon'],
    ['May 1'],
    ['12'],
    ['x1767225600'],
    ['1767225600x'],
    ['1767225600.5x'],
    ['1767225600.x'],
    ['1767225600e0'],
    ['+1767225600'],
    ['x2026-01-01'],
    ['2026-01-01x'],
    ['2026-01-01T00:00:00+01:00x'],
    ['undefined'],
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

  // A thread, in which mutation testing runs, cannot move to another zone.
  test.runIf(isMainThread)('what names no zone is UTC, also where the server stands in another', () => {
    const { TZ = 'UTC' } = process.env;
    process.env['TZ'] = 'America/New_York';
    try {
      expect(new Date(NEW_YEAR).getTimezoneOffset()).toBe(300);
      expect(readDate('2026-01-01T00:00:00.0')).toBe(NEW_YEAR);
      expect(readDate('2026-01-01 00:00:00.0')).toBe(NEW_YEAR);
    } finally {
      process.env['TZ'] = TZ;
    }
  });

  test('a thousand and more dates are read alike, the first time and again', () => {
    const texts = Array.from({ length: 1001 }, (_, n) => new Date(NEW_YEAR + n * 1000).toISOString());
    for (let round = 0; round < 2; round += 1)
      expect(texts.map(readDate)).toEqual(texts.map((_, n) => NEW_YEAR + n * 1000));
  });

  test('nothing reported is no date', () => {
    expect(readDate(undefined)).toBeUndefined();
  });
});
