import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { score } from '../../src/engine/readiness.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY } from '../../src/engine/time.ts';
import { aMatch, anAccountUpdate, anAnswer, anEvent, aSignal, day } from '../builders.ts';

const promoter = aSignal({
  name: 'promoter',
  evidence: { kind: 'nps', atLeast: 9, people: 1 },
  effect: { kind: 'points', points: 60 },
  says: '{{ person }} gave a {{ value }}: "{{ comment }}"',
});
const activated = aSignal({
  name: 'activated',
  effect: { kind: 'points', points: 20 },
  says: '{{ count }} workflows',
});
const ticket = aSignal({
  name: 'support_trouble',
  evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
  effect: { kind: 'dampens', share: 0.5 },
});

describe('score', () => {
  test('an account that nothing is known of is not ready', () => {
    expect(score(emptyState(), [promoter, ticket], day(0))).toEqual({
      at: day(0),
      value: 0,
      contributions: [],
      dampers: [],
    });
  });

  test.each([1, 7, 29, 35, 45, 57, 58, 99])('one signal alone is worth exactly its %d points', (points) => {
    const signal = aSignal({ effect: { kind: 'points', points } });
    expect(scored([signal], [anEvent()]).value).toBe(points);
  });

  test('several add up without reaching 100, and share what they reach, the strongest first', () => {
    const { value, contributions } = scored([activated, promoter], [anEvent(), anAnswer(9)]);
    expect(value).toBeCloseTo(68, 12);
    expect(contributions.map(({ signal }) => signal)).toEqual(['promoter', 'activated']);
    expect(contributions[0]?.points).toBeCloseTo((68 * Math.log(0.4)) / (Math.log(0.4) + Math.log(0.8)), 9);
  });

  test('a damper takes its share away, and says so', () => {
    const { value, dampers } = scored([promoter, ticket], [anAnswer(9), anEvent({ name: 'Ticket Opened' })]);
    expect(value).toBe(30);
    expect(dampers).toEqual([{ signal: 'support_trouble', factor: 0.5, says: 'support trouble' }]);
  });

  test('what fades counts for what is left of it, whether for or against', () => {
    const halving: Signal = { ...promoter, halfLife: 2 * DAY };
    const easing: Signal = { ...ticket, name: 'easing', halfLife: 2 * DAY };
    const events = [anAnswer(9), anEvent({ name: 'Ticket Opened' })];
    const { value, contributions, dampers } = scored([halving, easing, ticket], events);
    expect(value).toBeCloseTo(30 * 0.75 * 0.5, 12);
    expect(contributions[0]?.points).toBeCloseTo(value, 12);
    expect(dampers.map(({ signal, factor }) => [signal, factor])).toEqual([
      ['support_trouble', 0.5],
      ['easing', 0.75],
    ]);
    const shared = scored([{ ...activated, halfLife: 2 * DAY }, halving], [anEvent(), anAnswer(9)]);
    const weights = [-Math.log(1 - 0.3), -Math.log(1 - 0.1)];
    const all = weights.reduce((sum, one) => sum + one, 0);
    expect(shared.contributions.map(({ signal }) => signal)).toEqual(['promoter', 'activated']);
    shared.contributions.forEach(({ points }, i) => {
      expect(points).toBeCloseTo((shared.value * (weights[i] ?? 0)) / all, 9);
    });
  });

  test('a damper of 100% leaves nothing', () => {
    const stop: Signal = { ...ticket, effect: { kind: 'dampens', share: 1 } };
    const { value, contributions } = scored(
      [promoter, stop],
      [anAnswer(9), anEvent({ name: 'Ticket Opened' })],
    );
    expect(value).toBe(0);
    expect(contributions).toMatchObject([{ signal: 'promoter', points: 0 }]);
  });

  test('a signal that only gates use moves nothing', () => {
    expect(scored([{ ...promoter, effect: { kind: 'none' } }], [anAnswer(9)])).toMatchObject({
      value: 0,
      contributions: [],
      dampers: [],
    });
  });

  test('what has expired is not listed', () => {
    expect(scored([{ ...activated, expires: DAY }], [anEvent()]).contributions).toEqual([]);
  });

  test('the sentence names the person, the numbers and the words of the event', () => {
    const answer = anAnswer(9, { properties: { score: 9, comment: 'love it' } });
    const said = (personName?: (id: string) => string | undefined) =>
      score(stateAfter([promoter], [answer]), [promoter], day(1), personName).contributions[0]?.says;
    expect(said(() => 'Ada Byron')).toBe('Ada Byron gave a 9: "love it"');
    expect(said()).toBe('ada gave a 9: "love it"');
    expect(said(() => undefined)).toBe('gave a 9: "love it"');
  });

  test('a sentence about nobody may name a person that the event tells of', () => {
    const praise = aSignal({ says: '{{ person }} praised us' });
    const { personId: _, ...anonymous } = anEvent({ properties: { person: 'someone' } });
    expect(scored([praise], [anonymous]).contributions[0]?.says).toBe('someone praised us');
    expect(scored([praise], [anEvent({ properties: { person: 'x' } })]).contributions[0]?.says).toBe(
      'ada praised us',
    );
  });

  test('a sentence about growth says from and to', () => {
    const growth = aSignal({
      evidence: { kind: 'growth', trait: 'seats', by: { unit: 'percent', amount: 20 }, within: 30 * DAY },
      says: 'from {{ from }} to {{ to }} seats on {{ plan }}',
    });
    const events = [10, 14].map((seats, n) =>
      anAccountUpdate({ seats, plan: 'pro' }, { occurredAt: day(n) }),
    );
    expect(scored([growth], events).contributions[0]?.says).toBe('from 10 to 14 seats on pro');
  });

  test('a property that shares its name with a fact of another kind of signal is still found', () => {
    const review = aSignal({
      evidence: { kind: 'happened', match: aMatch('Order Completed') },
      says: 'worth {{ value }}',
    });
    const order = anEvent({ name: 'Order Completed', properties: { value: 250 } });
    expect(scored([review], [order]).contributions[0]?.says).toBe('worth 250');
  });
});

function stateAfter(signals: readonly Signal[], events: readonly Event[]) {
  const index = indexSignals(signals);
  return events.reduce((state, event) => fold(state, event, index), emptyState());
}

function scored(signals: readonly Signal[], events: readonly Event[]) {
  return score(stateAfter(signals, events), signals, day(2));
}
