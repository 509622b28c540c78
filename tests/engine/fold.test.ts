import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { hasLeft } from '../../src/engine/people.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { type AccountState, emptyState, stateFlags } from '../../src/engine/state.ts';
import { tenureSince } from '../../src/engine/tenure.ts';
import { accountTrait, accountTraits } from '../../src/engine/traits.ts';
import { aMatch, anAccountUpdate, anAnswer, anEvent, aSignal, day } from '../builders.ts';

describe('people', () => {
  const promoter = aSignal({ name: 'promoter', evidence: { kind: 'nps', atLeast: 9, people: 1 } });
  const habit = aSignal({ name: 'habit', evidence: { kind: 'milestone', match: aMatch(), times: 2 } });
  const blocker = aSignal({
    name: 'trouble',
    evidence: { kind: 'happened', match: aMatch('Ticket Opened') },
    effect: { kind: 'dampens', share: 0.5 },
  });

  test('each event that is evidence for readiness counts once for the person who did it', () => {
    const signals = [aSignal(), habit, promoter, blocker];
    const events = [
      anEvent(),
      anEvent({ occurredAt: day(1) }),
      anAnswer(9),
      anAnswer(3),
      anEvent({ name: 'Ticket Opened' }),
    ];
    expect(stateAfter(signals, events).people['ada']?.own).toBe(3);
  });

  test('what only ends or breaks something, and answers to gates, are none', () => {
    const signals = [
      aSignal({
        evidence: { kind: 'happened', match: aMatch('Trial Started'), until: aMatch('Trial Ended') },
      }),
      aSignal({ name: 'quiet', evidence: { kind: 'silent', match: aMatch('Login'), for: 5 } }),
      aSignal({
        name: 'fan',
        evidence: { kind: 'nps', atLeast: 9, people: 1 },
        effect: { kind: 'none' },
      }),
    ];
    const events = [anEvent({ name: 'Trial Ended' }), anEvent({ name: 'Login' }), anAnswer(9)];
    expect(stateAfter(signals, events).people['ada']?.own).toBe(0);
    expect(stateAfter(signals, [...events, anEvent({ name: 'Trial Started' })]).people['ada']?.own).toBe(1);
  });

  test('of several signals about answers one that counts is enough', () => {
    const fair = aSignal({ name: 'fair', evidence: { kind: 'nps', atMost: 6, people: 1 } });
    expect(stateAfter([fair, promoter], [anAnswer(9)]).people['ada']?.own).toBe(1);
    expect(stateAfter([fair, promoter], [anAnswer(7)]).people['ada']?.own).toBe(0);
  });

  test('the latest thing they did is remembered, of two at one instant the higher id', () => {
    const events = [
      anEvent({ id: 'test:b', occurredAt: day(2) }),
      anEvent({ id: 'test:a', occurredAt: day(2) }),
      anEvent({ id: 'test:c', occurredAt: day(1) }),
    ];
    expect(stateAfter([], events).people['ada']?.latest).toEqual({ at: day(2), id: 'test:b' });
  });

  describe('who was removed from the account', () => {
    const removed = (n: number, id = `test:removed-${n}`) =>
      anEvent({ name: 'Account Removed User', id, occurredAt: day(n) });
    const did = (n: number, id = `test:did-${n}`) => anEvent({ id, occurredAt: day(n) });
    const isGone = (...events: readonly Event[]) => {
      const [there, back] = [events, events.toReversed()].map((some) => hasLeft(stateAfter([], some), 'ada'));
      expect(back, 'whatever the order of arrival').toBe(there);
      return there;
    };

    test('has left, until a later event of theirs brings them back', () => {
      expect(isGone()).toBe(false);
      expect(isGone(did(1))).toBe(false);
      expect(isGone(did(1), removed(2))).toBe(true);
      expect(isGone(removed(2))).toBe(true);
      expect(isGone(did(1), removed(2), did(3))).toBe(false);
      expect(isGone(did(1), removed(2), did(3), removed(4))).toBe(true);
    });

    test('of two events at one instant the higher id says whether they are there', () => {
      expect(isGone(removed(2, 'test:a'), did(2, 'test:b'))).toBe(false);
      expect(isGone(removed(2, 'test:b'), did(2, 'test:a'))).toBe(true);
    });

    test('is not back because of what we say of them, nor for what others do', () => {
      const asked = anEvent({ name: 'Ask Closed', source: 'goodturn', occurredAt: day(3) });
      expect(isGone(removed(2), asked, anEvent({ personId: 'ben', occurredAt: day(4) }))).toBe(true);
    });

    test('leaves no more behind once they are back than somebody who never left', () => {
      expect(stateAfter([], [removed(1), did(2)]).people).toEqual(stateAfter([], [did(2)]).people);
    });
  });

  test('being asked makes nobody more active', () => {
    const asked = anEvent({ source: 'goodturn', name: 'Ask Sent', occurredAt: day(3) });
    expect(stateAfter([], [anEvent({ occurredAt: day(1) }), asked]).people['ada']?.latest.at).toBe(day(1));
  });

  test('an event that nobody did adds nobody', () => {
    const { personId: _, ...event } = anEvent();
    expect(stateAfter([aSignal()], [event]).people).toEqual({});
  });
});

describe('traits', () => {
  test('each trait is as last reported, of two reports at one instant the higher id', () => {
    const events = [
      anAccountUpdate({ plan: 'pro', seats: 5 }, { id: 'test:b', occurredAt: day(2) }),
      anAccountUpdate({ plan: 'free', name: 'Acme' }, { id: 'test:a', occurredAt: day(2) }),
      anAccountUpdate({ plan: 'trial', seats: 1, segment: 'smb' }, { occurredAt: day(1) }),
    ];
    for (const order of [events, events.toReversed()]) {
      expect(accountTraits(stateAfter([], order))).toEqual({
        plan: 'pro',
        seats: 5,
        name: 'Acme',
        segment: 'smb',
      });
    }
  });

  test('a trait taken back is gone, also when the older report arrives later', () => {
    const events = [
      anAccountUpdate({ plan: null }, { occurredAt: day(2) }),
      anAccountUpdate({ plan: 'pro' }, { occurredAt: day(1) }),
    ];
    expect(accountTraits(stateAfter([], events))).toEqual({});
    expect(accountTrait(stateAfter([], events), 'plan')).toBeUndefined();
  });

  test('other events of the account set no trait', () => {
    expect(stateAfter([], [anEvent({ name: 'Person Updated', properties: { plan: 'pro' } })]).traits).toEqual(
      {},
    );
  });

  test('what would make the account large is left out', () => {
    const long = anAccountUpdate({
      notes: 'x'.repeat(1001),
      tree: { leaves: 'x'.repeat(4000) },
      plan: 'pro',
    });
    expect(accountTraits(stateAfter([], [long]))).toEqual({ plan: 'pro' });
  });

  test('of more than 300 traits those reported last are kept, whatever their ids, and the account is flagged', () => {
    const events = Array.from({ length: 310 }, (_, n) =>
      anAccountUpdate({ [`t${n}`]: n }, { id: `test:${999 - n}`, occurredAt: day(n) }),
    );
    const state = stateAfter([], events);
    expect(Object.keys(state.traits)).toHaveLength(300);
    expect(accountTrait(state, 't9')).toBeUndefined();
    expect(accountTrait(state, 't10')).toBe(10);
    expect(stateAfter([], events.toReversed())).toEqual(state);
    expect(stateFlags(state)).toEqual([{ flag: 'traits_full', what: '' }]);
  });

  test('of too many in one report those last in the alphabet are kept, in whatever order it names them', () => {
    const names = Array.from({ length: 301 }, (_, n) => `t${String(n).padStart(3, '0')}`);
    for (const order of [names, names.toReversed()]) {
      const state = stateAfter([], [anAccountUpdate(Object.fromEntries(order.map((name) => [name, 1])))]);
      expect(accountTrait(state, 't000')).toBeUndefined();
      expect(accountTrait(state, 't001')).toBe(1);
    }
  });

  test('a name that means something to the language is a trait like any other', () => {
    const state = stateAfter([], [anAccountUpdate(JSON.parse('{"__proto__": "x", "constructor": 1}'))]);
    expect(accountTrait(state, '__proto__')).toBe('x');
    expect(accountTrait(state, 'constructor')).toBe(1);
    expect(accountTrait(state, 'toString')).toBeUndefined();
  });
});

describe('referrals', () => {
  const moved = (name: string, n: number, overrides: Partial<Event> = {}) =>
    anEvent({
      source: 'goodturn',
      name: `Referral ${name}`,
      occurredAt: day(n),
      properties: { referral_id: 'ref_1' },
      ...overrides,
    });

  test('a referral stands where its last event put it', () => {
    const events = [moved('Submitted', 1), moved('Won', 3), moved('Meeting Held', 2)];
    expect(stateAfter([], events).referrals['ref_1']).toMatchObject({
      stage: 'won',
      at: day(3),
      personId: 'ada',
    });
  });

  test('entered already won, it is won', () => {
    const events = [moved('Won', 1, { id: 'test:a' }), moved('Submitted', 1, { id: 'test:b' })];
    expect(stateAfter([], events).referrals['ref_1']?.stage).toBe('won');
    expect(stateAfter([], events.toReversed()).referrals['ref_1']?.stage).toBe('won');
  });

  test('of two events of one stage at one instant the higher id is the last, whoever it names', () => {
    const { personId: _, ...b } = moved('Won', 1, { id: 'test:b' });
    const events = [moved('Won', 1, { id: 'test:a' }), b];
    for (const order of [events, events.toReversed()])
      expect(stateAfter([], order).referrals).toStrictEqual({
        ref_1: { stage: 'won', at: day(1), id: 'test:b' },
      });
    expect(stateAfter([], [moved('Lost', 2), moved('Won', 1)]).referrals['ref_1']?.stage).toBe('lost');
  });

  test('an event without a referral, and one of no stage, is none', () => {
    const events = [
      moved('Won', 1, { properties: {} }),
      moved('Won', 1, { properties: { referral_id: '' } }),
      moved('Applauded', 2),
    ];
    expect(stateAfter([], events).referrals).toEqual({});
  });

  test('the 500 that moved last are kept, and the account is flagged', () => {
    const events = Array.from({ length: 503 }, (_, n) =>
      moved('Submitted', n, { properties: { referral_id: `ref_${n}` } }),
    );
    const state = stateAfter([], events);
    expect(Object.keys(state.referrals)).toHaveLength(500);
    expect(state.referrals['ref_2']).toBeUndefined();
    expect(state.referrals['ref_3']).toBeDefined();
    expect(stateFlags(state)).toEqual([{ flag: 'referrals_full', what: '' }]);
  });
});

describe('of more referrals than are kept', () => {
  const many = (change: (n: number) => Partial<Event>) =>
    Array.from({ length: 502 }, (_, n) =>
      anEvent({
        name: 'Referral Submitted',
        id: `test:${String(n).padStart(3, '0')}`,
        properties: { referral_id: `ref_${String(n).padStart(3, '0')}` },
        ...change(n),
      }),
    );
  const kept = (events: readonly Event[]) => Object.keys(stateAfter([], events).referrals).sort();

  test('at one instant those of the lower ids go, in whatever order they came', () => {
    const events = many(() => ({}));
    const ids = events.slice(2).map(({ properties }) => String(properties['referral_id']));
    expect(kept(events)).toEqual(ids);
    expect(kept(events.toReversed())).toEqual(ids);
  });

  test('at one instant those that are less far go', () => {
    const events = many((n) => (n < 2 ? { name: 'Referral Won' } : {}));
    expect(kept(events)).not.toContain('ref_002');
    expect(kept(events)).toContain('ref_000');
  });

  test('the account is flagged from as many on as are kept', () => {
    expect(stateFlags(stateAfter([], many(() => ({})).slice(0, 499)))).toEqual([]);
    expect(stateFlags(stateAfter([], many(() => ({})).slice(0, 500)))).toEqual([
      { flag: 'referrals_full', what: '' },
    ]);
  });
});

describe('a trait inside a trait', () => {
  const state = stateAfter(
    [],
    [anAccountUpdate({ size: { seats: 5, none: null, sizes: 7 }, 'a.b': 1, plan: 'pro', lost: null })],
  );
  test.each([
    ['size.seats', 5],
    ['size.none', undefined],
    ['size.gone', undefined],
    ['a.b', 1],
    ['plan.name', undefined],
    ['gone.seats', undefined],
    ['siz', undefined],
    ['sizes', undefined],
    ['lost.seats', undefined],
    ['.seats', undefined],
  ])('%s is %j', (path, value) => {
    expect(accountTrait(state, path)).toEqual(value);
  });
});

describe('large traits', () => {
  test('at the limit are kept, beyond it are not', () => {
    const state = stateAfter(
      [],
      [
        anAccountUpdate({
          text: 'x'.repeat(1000),
          longer: 'x'.repeat(1001),
          list: ['x'.repeat(3996)],
          larger: ['x'.repeat(3997)],
          number: 7,
          yes: true,
        }),
      ],
    );
    expect(Object.keys(accountTraits(state)).sort()).toEqual(['list', 'number', 'text', 'yes']);
  });

  test('of too many at one instant those of the lower ids go', () => {
    const events = Array.from({ length: 301 }, (_, n) =>
      anAccountUpdate({ [`t${300 - n}`]: n }, { id: `test:${String(n).padStart(3, '0')}` }),
    );
    for (const order of [events, events.toReversed()]) {
      const state = stateAfter([], order);
      expect(accountTrait(state, 't300')).toBeUndefined();
      expect(accountTrait(state, 't299')).toBe(1);
    }
  });
});

describe('tenureSince', () => {
  test('created_at is known, the first event only guessed', () => {
    const events = [anEvent({ occurredAt: day(2) }), anEvent({ occurredAt: day(1) })];
    expect(tenureSince(stateAfter([], events))).toEqual({ at: day(1), known: false });
    expect(tenureSince(stateAfter([], [...events, anAccountUpdate({ created_at: '2020-02-01' })]))).toEqual({
      at: Date.UTC(2020, 1, 1),
      known: true,
    });
    expect(tenureSince(emptyState())).toBeUndefined();
  });
});

describe('the state', () => {
  test('grows no further once its signals have seen their fill', () => {
    const signals = [
      aSignal({ name: 'habit', evidence: { kind: 'frequency', match: aMatch(), times: 10, within: 30 } }),
      aSignal({ name: 'third', evidence: { kind: 'milestone', match: aMatch(), times: 3 } }),
      aSignal(),
    ];
    const sizeAfter = (count: number) =>
      JSON.stringify(
        stateAfter(
          signals,
          Array.from({ length: count }, (_, n) => anEvent({ occurredAt: day(n / 100) })),
        ),
      ).length;
    expect(sizeAfter(2000) - sizeAfter(100)).toBeLessThan(40);
  });

  test('an event that concerns nothing leaves only its person and the age of the account', () => {
    const state = stateAfter(
      [aSignal()],
      [anEvent({ id: 'test:x', name: 'Toggle Clicked', properties: { big: ['x'] } })],
    );
    expect(state).toEqual({
      ...emptyState(),
      firstEventAt: day(0),
      people: { ada: { own: 0, latest: { at: day(0), id: 'test:x' } } },
    });
  });
});

function stateAfter(signals: readonly Signal[], events: readonly Event[]): AccountState {
  const index = indexSignals(signals);
  return events.reduce((state, event) => fold(state, event, index), emptyState());
}
