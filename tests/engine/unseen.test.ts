import { expect, test } from 'vitest';
import type { Evidence } from '../../src/engine/catalog.ts';
import { unseenSignals } from '../../src/engine/unseen.ts';
import { aMatch, aSignal } from '../builders.ts';

const match = aMatch('Kind Words');

test.each<[Evidence, string]>([
  [{ kind: 'happened', match }, 'the event "Kind Words"'],
  [{ kind: 'milestone', match, times: 2 }, 'the event "Kind Words"'],
  [{ kind: 'frequency', match, times: 2, within: 1 }, 'the event "Kind Words"'],
  [{ kind: 'silent', match, for: 1 }, 'the event "Kind Words"'],
  [{ kind: 'nps', atLeast: 9, people: 1 }, 'the event "NPS Answered"'],
  [
    { kind: 'growth', trait: 'seats', by: { unit: 'number', amount: 1 }, within: 1 },
    'the account trait "seats"',
  ],
  [{ kind: 'trait', name: 'plan', test: { is: 'pro' } }, 'the account trait "plan"'],
])('%j has seen nothing before it saw what it looks at', (evidence, missing) => {
  const signals = [aSignal({ name: 'praise', evidence })];
  const others = { events: new Set(['plan', 'seats']), traits: new Set(['Kind Words', 'NPS Answered']) };
  expect(unseenSignals(signals, others)).toEqual([{ signal: 'praise', missing }]);
  expect(unseenSignals(signals, { events: others.traits, traits: others.events })).toEqual([]);
});

test('the age of an account is always known', () => {
  const signals = [aSignal({ evidence: { kind: 'tenure', atLeast: 1 } })];
  expect(unseenSignals(signals, { events: new Set(), traits: new Set() })).toEqual([]);
});
