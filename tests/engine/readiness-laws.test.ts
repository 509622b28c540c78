import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { measure } from '../../src/engine/measure.ts';
import { score } from '../../src/engine/readiness.ts';
import { indexSignals, type SignalIndex } from '../../src/engine/signal-index.ts';
import { type AccountState, emptyState } from '../../src/engine/state.ts';
import { day } from '../builders.ts';
import { aWait, lastingEvidence, signalsOf, someHistory, somePoints, someSignals } from './arbitraries.ts';
import { oracleReadiness, oracleSignal } from './oracle.ts';

describe('the laws of readiness', () => {
  test('an implementation without state, straight from the formulas, gives the same numbers', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, (signals, history, wait) => {
        const at = newest(history) + wait;
        const state = foldAll(history, indexSignals(signals));
        const readiness = score(state, signals, at);
        const expected = oracleReadiness(history, signals, at);
        expect(readiness.value).toBeCloseTo(expected.value, 9);
        expectClose(
          pairs(readiness.contributions, ({ points }) => points),
          expected.contributions,
        );
        expectClose(
          pairs(readiness.dampers, ({ factor }) => factor),
          expected.factors,
        );
        for (const signal of signals) {
          const measured = measure(state, signal, at);
          const { strength, x } = oracleSignal(history, signal, at);
          expect(measured.strength).toBe(strength ? 1 : 0);
          expect(measured.x).toBeCloseTo(x, 12);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('the order in which events arrive changes nothing', () => {
    fc.assert(
      fc.property(someSignals, someHistory.chain(shuffled), aWait, (signals, [history, arrival], wait) => {
        const index = indexSignals(signals);
        const inOrder = foldAll(history, index);
        const asArrived = foldAll(arrival, index);
        expect(asArrived).toEqual(inOrder);
        const at = newest(history) + wait;
        expect(score(asArrived, signals, at)).toEqual(score(inOrder, signals, at));
      }),
      { numRuns: 3000 },
    );
  });

  test('batches, each stored as text and read back, give what one replay from nothing gives', () => {
    fc.assert(
      fc.property(
        someSignals,
        someHistory.chain(shuffled),
        fc.integer({ min: 1, max: 7 }),
        (signals, [history, arrival], size) => {
          const index = indexSignals(signals);
          let stored = JSON.stringify(emptyState());
          for (let from = 0; from < arrival.length; from += size) {
            stored = JSON.stringify(foldAll(arrival.slice(from, from + size), index, JSON.parse(stored)));
          }
          expect(JSON.parse(stored)).toEqual(foldAll(history, index));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('readiness lies within 0 and 100, and its contributions sum to it', () => {
    fc.assert(
      fc.property(someSignals, someHistory, aWait, (signals, history, wait) => {
        const at = newest(history) + wait;
        const { value, contributions } = score(foldAll(history, indexSignals(signals)), signals, at);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(100);
        const sum = contributions.reduce((total, { points }) => total + points, 0);
        expect(Math.abs(sum - value)).toBeLessThanOrEqual(1e-9);
      }),
      { numRuns: 3000 },
    );
  });

  test('between events it never rises on what happened, milestones and answers without a damper', () => {
    fc.assert(
      fc.property(
        signalsOf(lastingEvidence, somePoints),
        someHistory,
        aWait,
        aWait,
        (signals, history, wait, longer) => {
          const state = foldAll(history, indexSignals(signals));
          const at = newest(history) + wait;
          expect(score(state, signals, at + longer).value).toBeLessThanOrEqual(
            score(state, signals, at).value,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function foldAll(
  events: readonly Event[],
  index: SignalIndex,
  state: AccountState = emptyState(),
): AccountState {
  for (const event of events) fold(state, event, index);
  return state;
}

function newest(history: readonly Event[]): number {
  return Math.max(day(0), ...history.map(({ occurredAt }) => occurredAt));
}

function shuffled(history: Event[]) {
  return fc
    .shuffledSubarray(history, { minLength: history.length })
    .map((arrival) => [history, arrival] as const);
}

function pairs<Row extends { signal: string }>(rows: readonly Row[], number: (row: Row) => number) {
  return Object.fromEntries(rows.map((row) => [row.signal, number(row)]));
}

function expectClose(found: Record<string, number>, expected: Record<string, number>) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [signal, number] of Object.entries(expected)) expect(found[signal]).toBeCloseTo(number, 9);
}
