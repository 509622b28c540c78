import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstInstant } from '../../src/engine/first-instant.ts';

const isUp = (level: number) => level >= 0;
const isDown = (level: number) => level < 0;

/** A level that turns from below to above 0 at `turn`, along one of several curves. */
const CURVES: readonly ((at: number, turn: number) => number)[] = [
  (at, turn) => at - turn,
  (at, turn) => (at < turn ? -1 : 1),
  (at, turn) => (at - turn) ** 3,
  (at, turn) => 1 - 2 ** (-(at - turn) / 50),
  (at, turn) => (at < turn ? -1e-9 : 1e9),
];

describe('the first instant', () => {
  test('is found whatever the curve, rising or falling, and however long the stride', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CURVES),
        fc.integer({ min: -50, max: 3000 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom(0.3, 1, 7, 5000),
        fc.boolean(),
        (curve, turn, to, stride, rises) => {
          const level = (at: number) => (rises ? curve(at, turn) : -curve(at, turn) || -Number.MIN_VALUE);
          const found = firstInstant(level, rises ? isUp : isDown, 0, to, stride);
          expect(found).toBe(turn > to ? undefined : Math.max(1, turn));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('is looked for after the start and no later than the end', () => {
    expect(firstInstant(() => 1, isUp, 5, 5, 1)).toBeUndefined();
    expect(firstInstant(() => 1, isUp, 6, 5, 1)).toBeUndefined();
    expect(firstInstant(() => 1, isUp, 5, 6, 1)).toBe(6);
    expect(firstInstant(() => 1, isUp, 5, 9, 1)).toBe(6);
    expect(firstInstant((at) => at - 9, isUp, 5, 9, 1)).toBe(9);
    expect(firstInstant((at) => at - 10, isUp, 5, 9, 1)).toBeUndefined();
  });

  test('is looked for inside only, and takes few looks', () => {
    const looks = (level: (at: number) => number, to: number, stride: number) => {
      const seen: number[] = [];
      firstInstant(
        (at) => {
          seen.push(at);
          return level(at);
        },
        isUp,
        0,
        to,
        stride,
      );
      for (const at of seen) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(to);
      }
      expect(new Set(seen).size).toBe(seen.length);
      return seen;
    };
    const far = 2 ** 40;
    expect(looks((at) => at - 1000, far, 1 << 20).length).toBeLessThan(8);
    expect(looks((at) => at - far / 3, far, far).length).toBeLessThan(8);
    expect(looks((at) => 1 - 2 ** (-(at - 86_400_000) / 8e7), far, 8e7).length).toBeLessThan(20);
    // Half of what is left goes with each round of three looks, also where the level says nothing.
    expect(looks((at) => (at < far / 3 ? -1 : 1e12), far, far).length).toBeLessThan(3 * 42);
    expect(looks((at) => at - 1e6, far, 10)).toContain(10);
    expect(looks((at) => at - 1e6, far, 10)).toContain(30);
    expect(looks((at) => at - 5, 100, 0.01)).toContain(1);
  });

  test('is near enough once that is said: then it is the one after the last that is too early', () => {
    const asked: [number, number][] = [];
    const found = firstInstant(
      (at) => at - 700,
      isUp,
      0,
      1000,
      100,
      (early, late) => {
        asked.push([early, late]);
        return true;
      },
    );
    expect(asked).toEqual([[300, 700]]);
    expect(found).toBe(301);
  });
});
