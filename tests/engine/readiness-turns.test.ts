import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/engine/fold.ts';
import { isWithin, type ReadinessBound, readinessReaches } from '../../src/engine/reaches.ts';
import { score } from '../../src/engine/readiness.ts';
import { readinessTurns } from '../../src/engine/readiness-turns.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY, HOUR, type Instant } from '../../src/engine/time.ts';
import { aMatch, anEvent, aSignal, day } from '../builders.ts';
import { aWait, someHistory, someSignals } from './arbitraries.ts';

const someBounds: fc.Arbitrary<ReadinessBound[]> = fc.array(
  fc.oneof(
    fc.record({ atLeast: fc.constantFrom(0, 5, 20, 30, 45, 57, 80) }),
    fc.record({ atMost: fc.constantFrom(0, 1, 20, 45, 60) }),
    fc.record({ atLeast: fc.double({ min: 0, max: 100, noNaN: true }), atMost: fc.constantFrom(30, 100) }),
  ),
  { minLength: 1, maxLength: 4 },
);

const someCase = fc.tuple(someSignals, someHistory, aWait).map(([signals, history, wait]) => {
  const index = indexSignals(signals);
  const state = history.reduce((known, event) => fold(known, event, index), emptyState());
  return { signals, state, at: Math.max(day(0), ...history.map(({ occurredAt }) => occurredAt)) + wait };
});

describe('waking for readiness', () => {
  test('is never later than the first bound that is crossed', () => {
    let cases = 0;
    let named = 0;
    fc.assert(
      fc.property(someCase, someBounds, aWait, ({ signals, state, at }, bounds, wait) => {
        const horizon = at + 6 * DAY + wait;
        const turns = readinessTurns(state, signals, at, bounds, horizon) ?? horizon;
        expect(turns).toBeGreaterThan(at);
        cases += 1;
        if (turns < horizon) named += 1;
        for (const bound of bounds) {
          const answer = (instant: Instant) => isWithin(bound, score(state, signals, instant).value);
          const probes = Array.from({ length: 60 }, (_, n) => at + Math.ceil(((turns - at) * n) / 60));
          for (const probe of [...probes, at + 1, turns - 1]) {
            if (probe >= at && probe < turns) expect(answer(probe)).toBe(answer(at));
          }
        }
      }),
      { numRuns: 1500 },
    );
    expect(named / cases).toBeGreaterThan(0.05);
  });

  test('for nothing comes at most a dozen times a day, and in the end it stops', () => {
    fc.assert(
      fc.property(someCase, someBounds, ({ signals, state, at }, bounds) => {
        const answers = (instant: Instant) =>
          bounds.map((bound) => isWithin(bound, score(state, signals, instant).value)).join();
        const idle: Instant[] = [];
        let last = at;
        let wakes = 0;
        for (; wakes < 400; wakes += 1) {
          const next = readinessTurns(state, signals, last, bounds, Number.POSITIVE_INFINITY);
          if (next === undefined) break;
          if (answers(next) === answers(next - 1)) idle.push(next);
          last = next;
        }
        expect(wakes).toBeLessThan(400);
        idle.forEach((wake, i) => {
          const before = idle[i - 12];
          if (before !== undefined) expect(wake - before).toBeGreaterThan(DAY);
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('where only points fade it is exact once the crossing is a few hours away', () => {
    const halving = aSignal({ effect: { kind: 'points', points: 80 }, halfLife: 10 * DAY });
    const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals([halving]));
    const bounds = [{ atLeast: 40 }, { atLeast: 10 }];
    const turnsFrom = (at: Instant) =>
      readinessTurns(state, [halving], at, bounds, Number.POSITIVE_INFINITY) ?? 0;
    expect(turnsFrom(day(10) - 5 * HOUR)).toBe(day(10) + 1);
    const early = turnsFrom(day(1));
    expect(early).toBeGreaterThan(day(8));
    expect(early).toBeLessThanOrEqual(day(10) + 1);
    expect(readinessReaches(state, [halving], day(1), { atLeast: 40 })).toBe(day(10) + 1);
  });

  test('what comes before the horizon only counts', () => {
    const ticket = aSignal({
      name: 'ticket',
      evidence: { kind: 'happened', match: aMatch() },
      effect: { kind: 'dampens', share: 0.5 },
      expires: 5 * DAY,
    });
    const signals = [aSignal(), ticket];
    const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals(signals));
    expect(readinessTurns(state, signals, day(1), [{ atLeast: 60 }], day(5))).toBeUndefined();
    expect(readinessTurns(state, signals, day(1), [{ atLeast: 60 }], day(5) + 1)).toBe(day(5));
  });

  test('of what ends by itself the first to end counts, in whatever order it is listed', () => {
    const ending = (name: string, expires: number) =>
      aSignal({ name, effect: { kind: 'dampens', share: 0.5 }, expires });
    const listed = [aSignal(), ending('brief', 2 * DAY), ending('long', 5 * DAY)];
    for (const signals of [listed, listed.toReversed()]) {
      const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals(signals));
      const turnsFrom = (at: Instant) => readinessTurns(state, signals, at, [{ atLeast: 30 }], day(9));
      expect(turnsFrom(day(1))).toBe(day(2));
      expect(turnsFrom(day(2))).toBe(day(5));
      expect(turnsFrom(day(5))).toBeUndefined();
      expect(readinessReaches(state, signals, day(1), { atLeast: 30 })).toBe(day(2));
      expect(readinessReaches(state, signals, day(1), { atLeast: 60 })).toBe(day(5));
    }
  });

  test('of a crossing within six hours is exact, of a later one early by little', () => {
    const turnsFrom = (halfLife: number, at: Instant) => {
      const signal = aSignal({ effect: { kind: 'points', points: 80 }, halfLife });
      const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals([signal]));
      return readinessTurns(state, [signal], at, [{ atLeast: 40 }], Number.POSITIVE_INFINITY) ?? 0;
    };
    for (let at = day(0) + 2 * HOUR; at < day(0) + 8 * HOUR; at += HOUR / 3)
      expect(turnsFrom(8 * HOUR, at)).toBe(day(0) + 8 * HOUR + 1);
    for (let at = day(0.1); at < day(9.7); at += DAY / 5) {
      const turns = turnsFrom(10 * DAY, at);
      expect(turns).toBeLessThanOrEqual(day(10) + 1);
      expect((day(10) - turns) / (day(10) - at)).toBeLessThan(0.02);
    }
  });

  test('does not come within six hours for nothing where points and dampers fade at once', () => {
    const halfLife = 10 * DAY;
    const signals = [
      aSignal({ effect: { kind: 'points', points: 80 }, halfLife }),
      aSignal({ name: 'damper', effect: { kind: 'dampens', share: 0.5 }, halfLife }),
    ];
    const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals(signals));
    // One almost makes up for the other: it takes 17 hours to fall from 40 to 39.9.
    const turns = readinessTurns(state, signals, day(0), [{ atLeast: 39.9 }], Number.POSITIVE_INFINITY) ?? 0;
    expect(turns).toBeGreaterThanOrEqual(day(0) + 6 * HOUR);
    expect(score(state, signals, turns - 1).value).toBeGreaterThanOrEqual(39.9);
  });

  describe('at a bound itself', () => {
    const falling = [aSignal({ halfLife: DAY })];
    const damper = aSignal({ name: 'damper', effect: { kind: 'dampens', share: 0.5 }, halfLife: DAY });
    const rising = [aSignal(), damper];
    const turns = (signals: typeof falling, bound: ReadinessBound) => {
      const state = fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals(signals));
      const at = readinessTurns(state, signals, day(0), [bound], Number.POSITIVE_INFINITY);
      return at && at - day(0);
    };

    test('readiness that moves away from what passes turns at once, the other way never', () => {
      expect(turns(falling, { atLeast: 60 })).toBe(1);
      expect(turns(falling, { atMost: 60 })).toBeUndefined();
      expect(turns(rising, { atMost: 30 })).toBe(1);
      expect(turns(rising, { atLeast: 30 })).toBeUndefined();
    });

    test('that is only reached in the end counts where reaching it is enough', () => {
      expect(turns(rising, { atLeast: 60 })).toBeGreaterThan(30 * DAY);
      expect(turns(rising, { atMost: 60 })).toBeUndefined();
      expect(turns(falling, { atMost: 0 })).toBeGreaterThan(1000 * DAY);
      expect(turns(falling, { atLeast: 0 })).toBeUndefined();
    });
  });

  test('evidence that does not fade has no turn, whatever its half-life', () => {
    const evidence = { kind: 'trait' as const, name: 'plan', test: { is: 'pro' } };
    // Beside it something fades, of which nothing is left at the end.
    const used = aSignal({ name: 'used', effect: { kind: 'points', points: 1 }, halfLife: HOUR });
    const signals = [aSignal({ evidence, halfLife: DAY }), used];
    const index = indexSignals(signals);
    const update = anEvent({ name: 'Account Updated', properties: { plan: 'pro' }, occurredAt: day(0) });
    const state = [update, anEvent({ occurredAt: day(0) })].reduce(
      (known, event) => fold(known, event, index),
      emptyState(),
    );
    expect(score(state, signals, day(9)).value).toBeCloseTo(60);
    expect(readinessTurns(state, signals, day(1), [{ atLeast: 50 }], day(99))).toBeUndefined();
    expect(readinessReaches(state, signals, day(1), { atLeast: 50 })).toBeUndefined();
  });
});
