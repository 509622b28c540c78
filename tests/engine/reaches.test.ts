import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/engine/catalog.ts';
import { fold } from '../../src/engine/fold.ts';
import { measure } from '../../src/engine/measure.ts';
import { isWithin, type ReadinessBound, readinessReaches } from '../../src/engine/reaches.ts';
import { score } from '../../src/engine/readiness.ts';
import { readinessTurns } from '../../src/engine/readiness-turns.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { type AccountState, emptyState } from '../../src/engine/state.ts';
import { pointsAt } from '../../src/engine/stretch.ts';
import { DAY, HOUR, type Instant } from '../../src/engine/time.ts';
import { aMatch, anAccountUpdate, anEvent, aSignal, day } from '../builders.ts';
import { aWait, someHistory, someSignals } from './arbitraries.ts';

const HORIZON = 12 * DAY;

describe('the laws of waking', () => {
  test('no signal changes before the instant it names, and at that instant it does', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, (signals, history, wait) => {
        const { state, at } = folded(signals, history, wait);
        for (const signal of signals) {
          const answer = (instant: Instant) => {
            const { strength, x } = measure(state, signal, instant);
            return `${strength} ${x > 0}`;
          };
          const { changesAt } = measure(state, signal, at);
          const now = answer(at);
          expect(between(at, changesAt).find((instant) => answer(instant) !== now)).toBeUndefined();
          if (changesAt !== undefined) expect(answer(changesAt)).not.toBe(answer(changesAt - 1));
        }
      }),
      { numRuns: 600 },
    );
  });

  test('readiness does not enter or leave a bound before the instant named', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, someBound, (signals, history, wait, bound) => {
        const { state, at } = folded(signals, history, wait);
        const answer = (instant: Instant) => isWithin(bound, score(state, signals, instant).value);
        const reached = readinessReaches(state, signals, at, bound);
        if (reached !== undefined) expect(reached).toBeGreaterThan(at);
        const now = answer(at);
        expect(between(at, reached).find((instant) => answer(instant) !== now)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('unless points and dampers fade at once, the instant named is exactly the first', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, someBound, (all, history, wait, bound) => {
        const signals = all.map(({ halfLife, ...signal }) =>
          signal.effect.kind === 'points' && halfLife !== undefined ? { ...signal, halfLife } : signal,
        );
        const { state, at } = folded(signals, history, wait);
        const answer = (instant: Instant) => isWithin(bound, score(state, signals, instant).value);
        const reached = readinessReaches(state, signals, at, bound);
        if (reached === undefined) return;
        expect(answer(reached)).not.toBe(answer(at));
        expect(answer(reached - 1)).toBe(answer(at));
      }),
      { numRuns: 2000 },
    );
  });

  test('an account that is woken whenever it asks to be sees every change, and is not woken for ever', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, someBound, (signals, history, wait, bound) => {
        const { state, at } = folded(signals, history, wait);
        let wakes = 0;
        let next = readinessReaches(state, signals, at, bound);
        while (next !== undefined && wakes < 50) {
          const after = readinessReaches(state, signals, next, bound);
          const answer = (instant: Instant) => isWithin(bound, score(state, signals, instant).value);
          const now = answer(next);
          expect(between(next, after).find((instant) => answer(instant) !== now)).toBeUndefined();
          next = after;
          wakes += 1;
        }
        expect(wakes).toBeLessThan(50);
      }),
      { numRuns: 1000 },
    );
  });
});

test('what only fades never comes back from one millisecond to the next, not even in the last bit', () => {
  const somePiece = fc.record({
    weight: fc.constantFrom(20, 30, 57, 70, 99),
    datedAt: fc.integer({ min: -5 * DAY, max: 0 }),
    halfLife: fc.constantFrom(HOUR, DAY, 2 * DAY, undefined),
  });
  fc.assert(
    fc.property(
      fc.array(somePiece, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 0, max: 60 * DAY }),
      (pieces, at) => pointsAt(pieces, at + 1) <= pointsAt(pieces, at),
    ),
    { numRuns: 5000 },
  );
});

describe('readinessReaches', () => {
  const halving = aSignal({ effect: { kind: 'points', points: 80 }, halfLife: 10 * DAY });

  test('80 points that halve in ten days leave "at least 40" a millisecond after the tenth day', () => {
    const state = stateOf([halving]);
    expect(readinessReaches(state, [halving], day(1), { atLeast: 40 })).toBe(day(10) + 1);
  });

  const steady = aSignal();
  const easing = aSignal({
    name: 'ticket',
    evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
    effect: { kind: 'dampens', share: 0.5 },
    halfLife: 10 * DAY,
  });
  /** 80 points that halve in ten days, or 60 under a damper that takes half at first and halves in ten days. */
  const falling = [halving];
  const rising = [steady, easing];

  test.each<[string, readonly Signal[], ReadinessBound, Instant | undefined]>([
    ['falls below the least', falling, { atLeast: 40 }, day(10) + 1],
    ['falls to the most', falling, { atMost: 40 }, day(10)],
    ['falls out of a range', falling, { atLeast: 40, atMost: 90 }, day(10) + 1],
    ['falls into a range', falling, { atLeast: 10, atMost: 40 }, day(10)],
    ['falls below the most already', falling, { atMost: 90 }, undefined],
    ['falls away from the least', falling, { atLeast: 81 }, undefined],
    ['rises to the least', rising, { atLeast: 45 }, day(10)],
    ['rises above the most', rising, { atMost: 45 }, day(10) + 1],
    ['rises out of a range', rising, { atLeast: 10, atMost: 45 }, day(10) + 1],
    ['rises into a range', rising, { atLeast: 45, atMost: 50 }, day(10)],
    ['rises to no more than its points', rising, { atLeast: 61 }, undefined],
    ['rises away from the most', rising, { atMost: 20 }, undefined],
  ])('readiness %s', (_how, signals, bound, expected) => {
    const index = indexSignals(signals);
    const state = fold(stateOf(signals), anEvent({ name: 'Ticket Opened', occurredAt: day(0) }), index);
    expect(readinessReaches(state, signals, day(1), bound)).toBe(expected);
    const turns = (at: Instant, horizon = day(90)) => readinessTurns(state, signals, at, [bound], horizon);
    if (expected === undefined) {
      expect(turns(day(1))).toBeUndefined();
      return;
    }
    expect(turns(expected - HOUR)).toBe(expected);
    expect(turns(expected - HOUR, expected)).toBeUndefined();
    expect(turns(expected - HOUR, expected + 1)).toBe(expected);
    expect(turns(day(1))).toBeGreaterThan(day(8));
    expect(turns(day(1))).toBeLessThanOrEqual(expected);
    const others: ReadinessBound[] = [{ atLeast: 1 }, { atMost: 99 }, { atLeast: 95 }, { atMost: 2 }];
    for (const bounds of [
      [...others, bound],
      [bound, ...others],
    ])
      expect(readinessTurns(state, signals, expected - HOUR, bounds, day(90))).toBe(expected);
  });

  test('what cannot be reached by time alone names no instant', () => {
    expect(readinessReaches(stateOf([steady]), [steady], day(1), { atLeast: 61 })).toBeUndefined();
    expect(readinessReaches(stateOf([halving]), [halving], day(1), { atLeast: 0 })).toBeUndefined();
  });

  test('a damper that expires lets readiness rise at that instant', () => {
    const ticket = aSignal({
      name: 'ticket',
      evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
      effect: { kind: 'dampens', share: 0.5 },
      expires: 5 * DAY,
    });
    const signals = [aSignal(), ticket];
    const state = stateOf(signals);
    fold(state, anEvent({ name: 'Ticket Opened', occurredAt: day(2) }), indexSignals(signals));
    expect(readinessReaches(state, signals, day(3), { atLeast: 60 })).toBe(day(7));
  });

  test('a signal that comes and goes is followed past the instants that decide nothing', () => {
    const soon = aSignal({
      name: 'renewal_soon',
      evidence: { kind: 'trait', name: 'renewal_at', test: { withinNext: 2 * DAY } },
      effect: { kind: 'dampens', share: 0.1 },
    });
    const signals = [aSignal({ expires: 30 * DAY }), soon];
    const state = stateOf(signals);
    const renewal = new Date(day(10)).toISOString();
    fold(state, anAccountUpdate({ renewal_at: renewal }, { occurredAt: day(1) }), indexSignals(signals));
    expect(readinessReaches(state, signals, day(1), { atLeast: 50 })).toBe(day(30));
    expect(readinessReaches(state, signals, day(1), { atLeast: 55 })).toBe(day(8));
    expect(readinessReaches(state, signals, day(8), { atLeast: 55 })).toBe(day(10));
  });
});

const someBound: fc.Arbitrary<ReadinessBound> = fc.oneof(
  fc.record({ atLeast: fc.constantFrom(0, 5, 20, 30, 45, 57, 80) }),
  fc.record({ atMost: fc.constantFrom(0, 1, 20, 45, 60) }),
  fc.record({ atLeast: fc.constantFrom(10, 20), atMost: fc.constantFrom(30, 57) }),
  fc.record({ atLeast: fc.double({ min: 0, max: 100, noNaN: true }) }),
);

function folded(signals: readonly Signal[], history: Parameters<typeof fold>[1][], wait: number) {
  const index = indexSignals(signals);
  const state = history.reduce((known, event) => fold(known, event, index), emptyState());
  return { state, at: Math.max(day(0), ...history.map(({ occurredAt }) => occurredAt)) + wait };
}

function stateOf(signals: readonly Signal[]): AccountState {
  return fold(emptyState(), anEvent({ occurredAt: day(0) }), indexSignals(signals));
}

/** Instants after `at` and before `end`: the edges of the grid, the milliseconds beside them, and a fine scan. */
function between(at: Instant, end: Instant | undefined): Instant[] {
  const stop = Math.min(end ?? Number.POSITIVE_INFINITY, at + HORIZON);
  const edges = Array.from({ length: 60 }, (_, n) => day(0) + n * 6 * HOUR).flatMap((edge) => [
    edge - 1,
    edge,
    edge + 1,
  ]);
  const scan = Array.from({ length: 100 }, (_, n) => at + Math.round(((stop - at) * n) / 100));
  return [...edges, ...scan, at + 1, stop - 1].filter((instant) => instant > at && instant < stop);
}
