import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSatisfiable } from '../../src/catalog/satisfiable.ts';
import type { Test } from '../../src/engine/catalog.ts';
import { testValue } from '../../src/engine/match.ts';

const scalar = fc.constantFrom<string | number | boolean | null>('a', 'ab', '', 0, 1, 2.5, true, false, null);
const number = fc.constantFrom(-1, 0, 1, 2, 2.5);
const anyTest: fc.Arbitrary<Test> = fc.record(
  {
    is: scalar,
    not: scalar,
    in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
    contains: scalar,
    exists: fc.boolean(),
    atLeast: number,
    atMost: number,
    above: number,
    below: number,
  },
  { requiredKeys: [] },
);
const value = fc.oneof(scalar, number, fc.array(scalar, { maxLength: 3 }), fc.constant(undefined));
const tests = fc.array(anyTest, { maxLength: 2 });

describe('tests of one value', () => {
  test('are never said to leave none that in truth they leave', () => {
    fc.assert(
      fc.property(tests, tests, value, (all, none, one) => {
        fc.pre(all.every((each) => testValue(each, one)) && !none.some((each) => testValue(each, one)));
        expect(isSatisfiable({ all, none })).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [{ above: 9, below: 5 }],
    [{ exists: false, is: 3 }],
    [{ is: 'a', not: 'a' }],
    [{ in: ['a', 'b'], atLeast: 1 }],
    [{ is: 'cat', contains: 'dog' }],
  ])('%j leaves none', (one) => {
    expect(isSatisfiable({ all: [one] })).toBe(false);
  });
});
