import { describe, expect, test } from 'vitest';
import { readInstant } from '../../src/sources/instant.ts';

const at = Date.UTC(2018, 2, 28, 22, 12, 6);

describe('an instant as clients send it', () => {
  test.each([
    ['2018-03-28T22:12:06Z', at],
    ['2018-03-28T22:12:06.000Z', at],
    ['2018-03-28T22:12:06.123456Z', at + 123],
    ['2018-03-28 15:12:06 -0700', at],
    ['2018-03-29T00:12:06+02:00', at],
    ['2018-03-28T22:12:06', at],
    ['2018-3-28T22:12:06Z', at],
    ['2018-03-28', Date.UTC(2018, 2, 28)],
    [at, at],
    [at / 1000, at],
    [at / 1000 + 0.5, at + 500],
    [at * 1000, at],
    [String(at), at],
    [String(at / 1000), at],
    ['1970-01-01T00:00:00Z', 0],
  ])('%j is read', (value, expected) => {
    expect(readInstant(value)).toBe(expected);
  });

  test.each([
    ['yesterday'],
    [''],
    ['5 May'],
    ['2018-13-01'],
    ['2018-02-31'],
    ['2018-03-28T25:00:00Z'],
    [null],
    [true],
    [{}],
    [Number.NaN],
  ])('%j is no date', (value) => {
    expect(readInstant(value)).toBeUndefined();
  });

  test.each([
    ['+275760-09-13T00:00:00.000Z', Infinity],
    ['-000001-01-01T00:00:00Z', -Infinity],
    ['1969-12-31T23:59:59Z', -Infinity],
    ['0099-01-01T00:00:00Z', -Infinity],
    [8.64e18, Infinity],
    [-1, -Infinity],
  ])('%j is a date that nobody can mean', (value, expected) => {
    expect(readInstant(value)).toBe(expected);
  });
});
