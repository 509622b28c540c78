import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { measure } from '../../src/engine/measure.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState, stateFlags } from '../../src/engine/state.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { aMatch, anAccountUpdate, anEvent, aSignal, day } from '../builders.ts';

describe('happened', () => {
  const trouble = aSignal({
    evidence: {
      kind: 'happened',
      match: aMatch('Ticket Opened', { priority: { in: ['urgent'] } }),
      until: aMatch('Ticket Solved'),
    },
  });
  const opened = (n: number, priority = 'urgent') =>
    anEvent({ name: 'Ticket Opened', occurredAt: day(n), properties: { priority } });
  const solved = (n: number) => anEvent({ name: 'Ticket Solved', occurredAt: day(n) });

  test('it dates from the latest match', () => {
    expect(measured(trouble, [opened(3), opened(1)], 4)).toMatchObject({
      strength: 1,
      x: 1,
      datedAt: day(3),
    });
  });

  test('an event whose properties do not match is no evidence', () => {
    expect(measured(trouble, [opened(1, 'low')], 4)).toMatchObject({ strength: 0, x: 0 });
  });

  test('an ending event at the same instant or later ends it, an earlier one does not', () => {
    expect(measured(trouble, [opened(2), solved(3)], 4).strength).toBe(0);
    expect(measured(trouble, [opened(2), solved(2)], 4).strength).toBe(0);
    expect(measured(trouble, [opened(2), solved(1)], 4).strength).toBe(1);
    expect(measured(trouble, [opened(2), solved(3), opened(4)], 4).strength).toBe(1);
    expect(measured(trouble, [opened(2), solved(3), solved(1)], 4).strength).toBe(0);
    expect(measured(trouble, [solved(3), solved(1), opened(2)], 4).strength).toBe(0);
    expect(measured(trouble, [solved(1), solved(3), opened(2)], 4).strength).toBe(0);
  });
});

describe('milestone', () => {
  const third = aSignal({ evidence: { kind: 'milestone', match: aMatch(), times: 3 }, says: '{{ step }}' });
  const done = (n: number) => anEvent({ occurredAt: day(n), properties: { step: `on day ${n}` } });

  test('it dates from the third match in order of occurrence, whatever came first', () => {
    expect(measured(third, [done(9), done(2), done(1), done(5)], 10)).toMatchObject({
      strength: 1,
      datedAt: day(5),
      facts: { count: 4, said: { step: 'on day 5' } },
    });
  });

  test('only as many of the earliest as it needs are remembered', () => {
    const kept = (...days: number[]) =>
      stateAfter([third], days.map(done)).milestones['activated']?.first.map(({ at }) => (at - day(0)) / DAY);
    expect(kept(4, 3, 2, 1)).toEqual([1, 2, 3]);
    expect(kept(1, 2, 3, 4)).toEqual([1, 2, 3]);
    expect(kept(5, 9, 7, 8, 1)).toEqual([1, 5, 7]);
  });

  test('nothing is kept of a match but what its sentence says, and whoever did it', () => {
    const plain = aSignal({ evidence: { kind: 'milestone', match: aMatch(), times: 3 } });
    const { personId: _, ...anonymous } = anEvent({ id: 'test:x' });
    expect(stateAfter([plain], [anonymous]).milestones['activated']).toStrictEqual({
      count: 1,
      first: [{ at: day(0), id: 'test:x' }],
    });
    expect(stateAfter([third], [anonymous]).milestones['activated']?.first).toStrictEqual([
      { at: day(0), id: 'test:x' },
    ]);
    expect(stateAfter([third], [{ ...anonymous, personId: 'ada' }]).milestones['activated']?.first).toEqual([
      { at: day(0), id: 'test:x', personId: 'ada' },
    ]);
  });

  test('two matches are not enough for three', () => {
    expect(measured(third, [done(1), done(2)], 10).strength).toBe(0);
  });
});

describe('frequency', () => {
  const habit = aSignal({ evidence: { kind: 'frequency', match: aMatch(), times: 2, within: 7 * DAY } });
  const done = (n: number) => anEvent({ occurredAt: day(n) });

  test('it dates from the latest match and ends when the window loses the one it needs', () => {
    const events = [done(1), done(3), done(2)];
    expect(measured(habit, events, 4)).toMatchObject({ strength: 1, datedAt: day(3), changesAt: day(9) });
    expect(measured(habit, events, 9).strength).toBe(0);
    expect(measured(habit, events, 9 - 1 / DAY).strength).toBe(1);
  });

  test('in whatever order they came, the latest are remembered, first to last', () => {
    const kept = (...days: number[]) => {
      const state = stateAfter([aSignal({ evidence: { ...thrice } })], days.map(done));
      return state.frequencies['activated']?.times.map((at) => (at - day(0)) / DAY);
    };
    const thrice = { kind: 'frequency' as const, match: aMatch(), times: 3, within: 7 * DAY };
    expect(kept(1)).toEqual([1]);
    expect(kept(3, 1, 2)).toEqual([1, 2, 3]);
    expect(kept(4, 2, 3, 1)).toEqual([2, 3, 4]);
    expect(kept(2, 2, 1, 2)).toEqual([2, 2, 2]);
  });

  test('no more instants are remembered than it needs', () => {
    const events = Array.from({ length: 100 }, (_, n) => done(n));
    expect(stateAfter([habit], events).frequencies['activated']?.times).toEqual([day(98), day(99)]);
  });
});

describe('growth', () => {
  const expansion = aSignal({
    evidence: { kind: 'growth', trait: 'seats', by: { unit: 'percent', amount: 20 }, within: 30 * DAY },
  });
  const seats = (n: number, count: number | string) =>
    anAccountUpdate({ seats: count }, { occurredAt: day(n) });

  test('20% more than 30 days ago is growth, dated by the last rise', () => {
    expect(measured(expansion, [seats(0, 10), seats(20, 12), seats(25, 12)], 31)).toMatchObject({
      strength: 1,
      datedAt: day(20),
      facts: { from: 10, to: 12, value: 12 },
    });
    expect(measured(expansion, [seats(0, 10), seats(20, 11)], 31).strength).toBe(0);
  });

  test('first known inside the window, the first value is what it grew from', () => {
    expect(measured(expansion, [seats(20, 10), seats(22, 12)], 25).strength).toBe(1);
    expect(measured(expansion, [seats(20, 10)], 25).strength).toBe(0);
  });

  test('it ends when the higher value has itself become the value 30 days ago', () => {
    const events = [seats(0, 10), seats(20, 12)];
    expect(measured(expansion, events, 21).changesAt).toBe(day(50));
    expect(measured(expansion, events, 50 - 1 / DAY).strength).toBe(1);
    expect(measured(expansion, events, 50).strength).toBe(0);
  });

  test('a negative "by" means a fall', () => {
    const shrinking = aSignal({
      evidence: { kind: 'growth', trait: 'seats', by: { unit: 'number', amount: -3 }, within: 30 * DAY },
    });
    expect(measured(shrinking, [seats(0, 10), seats(5, 7)], 6)).toMatchObject({
      strength: 1,
      datedAt: day(5),
    });
    expect(measured(shrinking, [seats(0, 10), seats(5, 8)], 6).strength).toBe(0);
    expect(measured(shrinking, [seats(0, 7), seats(5, 10)], 6).strength).toBe(0);
  });

  test('it names the instant at which moving the start of the window turns the answer, of several the first', () => {
    const by = (amount: number) =>
      aSignal({
        evidence: { kind: 'growth', trait: 'seats', by: { unit: 'number', amount }, within: 30 * DAY },
      });
    const events = [seats(0, 10), seats(5, 20), seats(10, 12), seats(15, 15)];
    // At first it grew from 10 to 15; from day 35 on from 20, which is a fall; from day 40 on from 12.
    expect(measured(by(3), events, 16)).toMatchObject({ strength: 1, changesAt: day(35) });
    expect(measured(by(3), events, 35)).toMatchObject({ strength: 0, changesAt: day(40) });
    expect(measured(by(3), events, 40)).toMatchObject({ strength: 1, changesAt: day(45) });
    expect(measured(by(3), events, 45).changesAt).toBeUndefined();
    expect(measured(by(-3), events, 16)).toMatchObject({ strength: 0, changesAt: day(35) });
    expect(measured(by(-3), events, 35)).toMatchObject({ strength: 1, datedAt: day(10) });
    expect(measured(by(9), events, 16)).toMatchObject({ strength: 0 });
    expect(measured(by(9), events, 16).changesAt).toBeUndefined();
  });

  test('of several reports at one instant the last counts, and the same one counts once', () => {
    const at = (n: number, count: number, id: string) =>
      anAccountUpdate({ seats: count }, { occurredAt: day(n), id });
    const events = [at(0, 10, 'a'), at(5, 99, 'b'), at(5, 12, 'c'), at(5, 12, 'c')];
    for (const order of [events, events.toReversed()]) {
      expect(stateAfter([expansion], order).reports['seats']?.map(({ value }) => value)).toEqual([
        10, 99, 12,
      ]);
      expect(measured(expansion, order, 6)).toMatchObject({ strength: 1, changesAt: day(35) });
    }
    const back = [at(0, 10, 'a'), at(5, 99, 'b'), at(5, 10, 'c'), at(6, 12, 'd')];
    expect(measured(expansion, back, 7)).toMatchObject({ strength: 1, changesAt: day(36) });
    const fallen = [at(0, 10, 'a'), at(5, 5, 'b'), at(5, 13, 'c'), at(6, 13, 'd')];
    expect(measured(expansion, fallen, 7)).toMatchObject({ strength: 1, datedAt: day(5) });
    expect(stateAfter([expansion], [at(0, 1, 'x'), at(1, 2, 'x')]).reports['seats']).toHaveLength(2);
  });

  test('it dates from the last rise, a fall from the last fall, and what stays the same is neither', () => {
    const fall = aSignal({
      evidence: { kind: 'growth', trait: 'seats', by: { unit: 'number', amount: -1 }, within: 30 * DAY },
    });
    const risen = [seats(0, 10), seats(1, 20), seats(2, 15), seats(3, 15)];
    expect(measured(expansion, risen, 4)).toMatchObject({ strength: 1, datedAt: day(1) });
    const fallen = [seats(0, 20), seats(1, 10), seats(2, 15), seats(3, 15)];
    expect(measured(fall, fallen, 4)).toMatchObject({ strength: 1, datedAt: day(1) });
    expect(measured(expansion, [seats(0, 10), seats(1, 10)], 4).strength).toBe(0);
    const any = aSignal({
      evidence: { kind: 'growth', trait: 'seats', by: { unit: 'percent', amount: 0 }, within: 30 * DAY },
    });
    expect(measured(any, [seats(0, 10), seats(1, 10)], 4).strength).toBe(0);
    expect(measured(any, [seats(0, 10), seats(1, 11)], 4).strength).toBe(1);
  });

  test('nothing is kept of a report but what its sentence says', () => {
    expect(stateAfter([expansion], [seats(0, 10)]).reports['seats']).toStrictEqual([
      { value: 10, at: day(0), id: expect.any(String) },
    ]);
    const silent = { ...expansion, says: '{{ plan }}' };
    expect(stateAfter([silent], [seats(0, 10)]).reports['seats']?.[0]).not.toHaveProperty('said');
  });

  test('a thousand reports are kept, and the account is flagged from then on', () => {
    const events = Array.from({ length: 1000 }, (_, n) => seats(n / 1000, n + 1));
    expect(stateFlags(stateAfter([expansion], events.slice(1)))).toEqual([]);
    const state = stateAfter([expansion], events);
    expect(state.reports['seats']?.map(({ value }) => value)).toEqual(events.map((_, n) => n + 1));
    expect(stateFlags(state)).toEqual([{ flag: 'growth_reports_full', what: 'seats' }]);
  });

  test('a number written as text is no report', () => {
    expect(measured(expansion, [seats(0, 10), seats(5, '12')], 6).strength).toBe(0);
  });

  test('reports before the window go, but for the last of them and the first', () => {
    const events = Array.from({ length: 100 }, (_, n) => seats(n, n + 1));
    const kept = stateAfter([expansion], events).reports['seats']?.map(({ at }) => (at - day(0)) / DAY);
    expect(kept).toEqual([0, ...Array.from({ length: 31 }, (_, n) => 69 + n)]);
  });

  test('of a thousand reports and more the oldest but the first go, and the account is flagged', () => {
    const events = Array.from({ length: 1200 }, (_, n) => seats(n / 1000, n + 1));
    const state = stateAfter([expansion], events.toReversed());
    expect(state.reports['seats']).toHaveLength(1000);
    expect(state.reports['seats']?.slice(0, 2).map(({ value }) => value)).toEqual([1, 202]);
    expect(stateFlags(state)).toEqual([{ flag: 'growth_reports_full', what: 'seats' }]);
    expect(stateAfter([expansion], events)).toEqual(state);
  });
});

describe('silent', () => {
  const quiet = aSignal({ evidence: { kind: 'silent', match: aMatch('Login'), for: 14 * DAY } });
  const login = (n: number) => anEvent({ name: 'Login', occurredAt: day(n) });

  test('an account that never did it is not silent', () => {
    expect(measured(quiet, [], 100).strength).toBe(0);
  });

  test('it begins when the last event leaves the window', () => {
    expect(measured(quiet, [login(1), login(3)], 4)).toMatchObject({ strength: 0, changesAt: day(17) });
    expect(measured(quiet, [login(3)], 17 - 1 / DAY).strength).toBe(0);
    expect(measured(quiet, [login(3)], 17)).toMatchObject({ strength: 1, x: 1, facts: { count: 14 } });
  });
});

describe('trait', () => {
  const soon = aSignal({ evidence: { kind: 'trait', name: 'renewal_at', test: { withinNext: 45 * DAY } } });
  const recent = aSignal({ evidence: { kind: 'trait', name: 'renewal_at', test: { withinLast: 45 * DAY } } });
  const renewal = [anAccountUpdate({ renewal_at: new Date(day(100)).toISOString() })];

  test('a date is near from 45 days before it, inclusive, until it comes', () => {
    const on = (n: number) => measured(soon, renewal, n).strength;
    expect([on(55 - 1 / DAY), on(55), on(100 - 1 / DAY), on(100)]).toEqual([0, 1, 1, 0]);
    expect(measured(soon, renewal, 1).changesAt).toBe(day(55));
    expect(measured(soon, renewal, 60).changesAt).toBe(day(100));
  });

  test('from then on it is past, for less than 45 days', () => {
    const on = (n: number) => measured(recent, renewal, n).strength;
    expect([on(100 - 1 / DAY), on(100), on(145 - 1 / DAY), on(145)]).toEqual([0, 1, 1, 0]);
  });

  test('the trait as last reported counts, and one taken back with null is missing', () => {
    const paid = aSignal({ evidence: { kind: 'trait', name: 'plan', test: { not: 'trial' } } });
    const known = aSignal({ evidence: { kind: 'trait', name: 'plan', test: { exists: true } } });
    const plan = (n: number, value: string | null) =>
      anAccountUpdate({ plan: value }, { occurredAt: day(n) });
    expect(measured(paid, [plan(2, 'pro'), plan(1, 'trial')], 3).strength).toBe(1);
    expect(measured(paid, [plan(2, 'trial'), plan(1, 'pro')], 3).strength).toBe(0);
    expect(measured(known, [plan(1, 'pro'), plan(2, null)], 3).strength).toBe(0);
    expect(measured(known, [plan(1, null), plan(2, 'pro')], 3).strength).toBe(1);
  });

  test('a dotted name reaches into a trait', () => {
    const big = aSignal({ evidence: { kind: 'trait', name: 'size.seats', test: { atLeast: 10 } } });
    expect(measured(big, [anAccountUpdate({ size: { seats: 10 } })], 1).strength).toBe(1);
    expect(measured(big, [anAccountUpdate({ size: 10 })], 1).strength).toBe(0);
  });
});

describe('tenure', () => {
  const settled = aSignal({ evidence: { kind: 'tenure', atLeast: 90 * DAY } });

  test('age counts from created_at, else from the first event', () => {
    expect(
      measured(settled, [anEvent({ occurredAt: day(5) }), anEvent({ occurredAt: day(1) })], 6).changesAt,
    ).toBe(day(91));
    const created = anAccountUpdate({ created_at: day(-100) / 1000 });
    expect(measured(settled, [created], 1)).toMatchObject({ strength: 1, facts: { count: 101 } });
  });

  test('exactly 90 days are 90 days', () => {
    const events = [anEvent({ occurredAt: day(0) })];
    expect(measured(settled, events, 90).strength).toBe(1);
    expect(measured(settled, events, 90 - 1 / DAY).strength).toBe(0);
  });

  test('nothing known is no age', () => {
    expect(measured(settled, [], 90)).toEqual({ strength: 0, x: 0, facts: {} });
  });
});

describe('a value that is no plain one', () => {
  const known = aSignal({ evidence: { kind: 'trait', name: 'size', test: { exists: true } } });

  test('is evidence, and no words', () => {
    expect(measured(known, [anAccountUpdate({ size: { seats: 1 } })], 1)).toMatchObject({
      strength: 1,
      facts: { value: undefined },
    });
    expect(measured(known, [anAccountUpdate({ size: 7 })], 1).facts.value).toBe(7);
  });

  test('is no date', () => {
    const soon = aSignal({ evidence: { kind: 'trait', name: 'size', test: { withinNext: DAY } } });
    expect(measured(soon, [anAccountUpdate({ size: 'large' })], 1)).toMatchObject({ strength: 0 });
    expect(measured(soon, [anAccountUpdate({ size: 'large' })], 1).changesAt).toBeUndefined();
  });
});

describe('a date that has to be more than near', () => {
  const late = aSignal({
    evidence: { kind: 'trait', name: 'renewal_at', test: { withinLast: 10 * DAY, not: 'x' } },
  });
  const renewal = [anAccountUpdate({ renewal_at: new Date(day(100)).toISOString() })];

  test('names the instants at which it starts and ends to be so', () => {
    expect(measured(late, renewal, 1).changesAt).toBe(day(100));
    expect(measured(late, renewal, 100).changesAt).toBe(day(110));
    expect(measured(late, renewal, 110).changesAt).toBeUndefined();
    const steady = aSignal({ evidence: { kind: 'trait', name: 'renewal_at', test: { exists: true } } });
    expect(measured(steady, renewal, 1).changesAt).toBeUndefined();
    const other = aSignal({
      evidence: { kind: 'trait', name: 'renewal_at', test: { withinLast: DAY, is: 'x' } },
    });
    expect(measured(other, renewal, 1).changesAt).toBeUndefined();
  });
});

describe('fading', () => {
  const events = [anEvent({ occurredAt: day(0) })];

  test('evidence loses half its strength every half-life', () => {
    const fading = aSignal({ halfLife: 10 * DAY });
    expect([0, 10, 20, 5].map((n) => measured(fading, events, n).x)).toEqual([1, 0.5, 0.25, 2 ** -0.5]);
  });

  test('it is nothing from the instant it expires', () => {
    const expiring = aSignal({ halfLife: 10 * DAY, expires: 20 * DAY });
    expect(measured(expiring, events, 20 - 1 / DAY).x).toBeGreaterThan(0.24);
    expect(measured(expiring, events, 20)).toMatchObject({ strength: 1, x: 0 });
    expect(measured(expiring, events, 1).changesAt).toBe(day(20));
    expect(measured(expiring, events, 20).changesAt).toBeUndefined();
  });

  test('even what only halves is nothing in the end, and says when', () => {
    const brief = aSignal({ halfLife: HOUR });
    const { changesAt = 0 } = measured(brief, events, 0);
    expect(measure(stateAfter([brief], events), brief, changesAt - HOUR).x).toBeGreaterThan(0);
    expect(measure(stateAfter([brief], events), brief, changesAt).x).toBe(0);
  });

  test('what came after the instant asked about counts as new, not as more than it is worth', () => {
    expect(measured(aSignal({ halfLife: DAY }), events, -3).x).toBe(1);
  });
});

function stateAfter(signals: readonly Signal[], events: readonly Event[]) {
  const index = indexSignals(signals);
  return events.reduce((state, event) => fold(state, event, index), emptyState());
}

function measured(signal: Signal, events: readonly Event[], on: number) {
  return measure(stateAfter([signal], events), signal, day(on));
}
