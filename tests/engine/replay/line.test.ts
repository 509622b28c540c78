import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forgetUsed, lineUp, newLine, nextOf } from '../../../src/engine/replay/line.ts';
import type { Ask } from '../../../src/engine/replay/world.ts';
import { anAsk } from '../../builders.ts';

const waitingAsk = (readiness: number, status: Ask['status'] = 'scheduled'): Ask =>
  ({ ...anAsk({ readiness, status }), plan: undefined, isRecorded: false }) as unknown as Ask;
const readierFirst = (a: Ask, b: Ask) => a.readiness > b.readiness;

test('asks that line up take their turns in order, of equals the first to come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (readinesses) => {
      const line = newLine();
      const asks = readinesses.map((readiness) => waitingAsk(readiness));
      for (const ask of asks) lineUp(line.waiting, ask, readierFirst);
      const turns: Ask[] = [];
      for (let ask = nextOf(line); ask !== undefined; ask = nextOf(line)) {
        turns.push(ask);
        line.waiting.pop();
      }
      expect(turns).toEqual(asks.toSorted((a, b) => b.readiness - a.readiness));
    }),
  );
});

test('who no longer waits is passed over', () => {
  const line = newLine();
  const [gone, next, later] = [waitingAsk(90, 'withdrawn'), waitingAsk(80), waitingAsk(70, 'withdrawn')];
  for (const ask of [next, gone, later]) lineUp(line.waiting, ask, readierFirst);
  expect(nextOf(line)).toBe(next);
  expect(nextOf(line)).toBe(next);
  line.waiting.pop();
  expect(nextOf(line)).toBeUndefined();
});

test('a use is forgotten at the very end of what the rate looks at', () => {
  const line = newLine();
  line.used.push(1, 5, 9);
  forgetUsed(line, 0);
  expect(line.used).toEqual([1, 5, 9]);
  forgetUsed(line, 5);
  expect(line.used).toEqual([9]);
  forgetUsed(line, 9);
  forgetUsed(line, 9);
  expect(line.used).toEqual([]);
});
