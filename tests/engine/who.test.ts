import { describe, expect, test } from 'vitest';
import type { AccountView, Opening, Person } from '../../src/engine/account.ts';
import type { Channel, Who } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { type Choice, situate } from '../../src/engine/situation.ts';
import { emptyState } from '../../src/engine/state.ts';
import { choosePerson, isAheadOf } from '../../src/engine/who.ts';
import {
  aCatalog,
  anAnswer,
  anEvent,
  anOpening,
  aPerson,
  aTrigger,
  aView,
  day,
  someGuardrails,
} from '../builders.ts';

const catalog = aCatalog({
  guardrails: someGuardrails({
    never: { domains: ['rival.example'], plans: [], accounts: [], people: ['eve'] },
  }),
});
const removed = (personId: string, at = 0) =>
  anEvent({ name: 'Account Removed User', personId, occurredAt: day(at) });
const everyone = ['ada', 'ben', 'cleo', 'eve'].map((id) => aPerson({ id }));

type Case = {
  events: readonly Event[];
  people?: readonly Person[];
  channel?: Channel;
  opening?: Opening;
  kind?: 'ask' | 'thanks';
};
const told = (...given: Parameters<typeof pick>) => {
  const choice = pick(...given);
  return choice.kind === 'nobody' ? choice.because : undefined;
};

function choose(...given: Parameters<typeof pick>): string {
  const choice = pick(...given);
  return choice.kind === 'chosen'
    ? choice.person.id
    : choice.kind === 'unknown'
      ? `load ${choice.people}`
      : 'nobody';
}

function pick(
  who: Who,
  { events, people = everyone, channel = 'email', opening, kind = 'ask' }: Case,
): Choice {
  const index = indexSignals(catalog.signals);
  const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
  const view: AccountView = aView({ state, people: new Map(people.map((person) => [person.id, person])) });
  return choosePerson(situate(catalog, view, day(1)), aTrigger({ who, kind }), channel, opening);
}

describe('the actor', () => {
  test('is the person of the opening event', () => {
    expect(choose('actor', { events: [], opening: anOpening({ personId: 'ben' }) })).toBe('ben');
    expect(choose('actor', { events: [], opening: anOpening({ personId: 'zoe' }) })).toBe('load zoe');
    const { personId: _, ...anonymous } = anOpening();
    expect(choose('actor', { events: [], opening: anonymous })).toBe('nobody');
    expect(choose('actor', { events: [] })).toBe('nobody');
  });

  test('is asked nothing once they have left the account, and may be thanked', () => {
    const opening = anOpening({ personId: 'ben' });
    const people = [aPerson({ id: 'ben', traits: { name: 'Ben Okri' } })];
    const events = [removed('ben')];
    expect(told('actor', { events, people, opening })).toBe('Ben Okri has left the account');
    expect(choose('actor', { events, people, opening, kind: 'thanks' })).toBe('ben');
    expect(choose('actor', { events, people: [], opening })).toBe('load ben');
    const back = anEvent({ personId: 'ben', occurredAt: day(0.5) });
    expect(choose('actor', { events: [...events, back], opening })).toBe('ben');
  });
});

describe('the promoter', () => {
  test('is whose latest answer is a 9 or 10, the newest of them', () => {
    const events = [
      anAnswer(10, { personId: 'ada', occurredAt: day(-3) }),
      anAnswer(9, { personId: 'ben', occurredAt: day(-2) }),
      anAnswer(10, { personId: 'cleo', occurredAt: day(-1) }),
      anAnswer(8, { personId: 'cleo', occurredAt: day(0) }),
    ];
    expect(choose('promoter', { events })).toBe('ben');
    expect(choose('promoter', { events: [anAnswer(8)] })).toBe('nobody');
  });

  test('is the newest of those who have not left the account', () => {
    const events = [
      anAnswer(10, { personId: 'ada', occurredAt: day(-3) }),
      anAnswer(9, { personId: 'ben', occurredAt: day(-2) }),
      removed('ben'),
    ];
    expect(choose('promoter', { events })).toBe('ada');
    expect(choose('promoter', { events, kind: 'thanks' })).toBe('ada');
    expect(told('promoter', { events: [...events, removed('ada')] })).toBe(
      'whoever scored a 9 or 10 last has left the account',
    );
    const back = anEvent({ personId: 'ben', occurredAt: day(0.5) });
    expect(choose('promoter', { events: [...events, back] })).toBe('ben');
  });
});

describe('the referrer', () => {
  const submitted = anEvent({
    name: 'Referral Submitted',
    personId: 'ben',
    properties: { referral_id: 'ref_1' },
  });
  test('is the advocate of the referral in the event', () => {
    const won = anOpening({ name: 'Referral Won', personId: 'cleo', properties: { referral_id: 'ref_1' } });
    expect(choose('referrer', { events: [submitted], opening: won })).toBe('cleo');
    const { personId: _, ...unsaid } = won;
    expect(choose('referrer', { events: [submitted], opening: unsaid })).toBe('ben');
    expect(choose('referrer', { events: [], opening: unsaid })).toBe('nobody');
  });

  test('is thanked after they have left the account, and asked nothing more', () => {
    const won = anOpening({ name: 'Referral Won', personId: 'ben' });
    const events = [submitted, removed('ben')];
    expect(choose('referrer', { events, opening: won, kind: 'thanks' })).toBe('ben');
    expect(choose('referrer', { events, opening: won, kind: 'ask' })).toBe('nobody');
  });
});

describe('the champion', () => {
  const used = (personId: string, at: number) => anEvent({ personId, occurredAt: day(at) });

  test('is a promoter before anyone else', () => {
    const events = [used('ada', -3), used('ada', -2), anAnswer(9, { personId: 'ben', occurredAt: day(-9) })];
    expect(choose('champion', { events })).toBe('ben');
  });

  test('then who did most of what counts, then who did anything last, then by id', () => {
    expect(choose('champion', { events: [used('ada', -3), used('ben', -5), used('ben', -4)] })).toBe('ben');
    expect(choose('champion', { events: [used('ben', -3), used('ada', -4)] })).toBe('ben');
    expect(choose('champion', { events: [used('ben', -3), used('ada', -3)] })).toBe('ada');
  });

  test('is no detractor, nobody who must not or cannot be asked', () => {
    const unhappy = anAnswer(6, { personId: 'ada', occurredAt: day(-1) });
    expect(choose('champion', { events: [used('ada', -2), unhappy, used('ben', -9)] })).toBe('ben');
    const rivals: readonly (readonly [string, Partial<Person>])[] = [
      ['no more asks', { suppressed: 'asks' }],
      ['no address', { traits: {} }],
      ['never asked', { traits: { email: 'ada@rival.example' } }],
      ['one of us', { traits: { email: 'ada@vendor.example' } }],
    ];
    for (const [why, overrides] of rivals) {
      const people = [aPerson({ id: 'ada', ...overrides }), aPerson({ id: 'ben' })];
      expect(choose('champion', { events: [used('ada', -1), used('ben', -2)], people }), why).toBe('ben');
    }
    expect(choose('champion', { events: [used('eve', -1)] })).toBe('nobody');
  });

  test('is nobody who has left the account', () => {
    const events = [used('ada', -1), used('ada', -2), used('ben', -3), removed('ada')];
    expect(choose('champion', { events })).toBe('ben');
    expect(choose('champion', { events, kind: 'thanks' })).toBe('ben');
    expect(choose('champion', { events: [...events, used('ada', 0.5)] })).toBe('ada');
    expect(choose('champion', { events: [used('ada', -1), removed('ada')], people: [] })).toBe('nobody');
  });

  test('needs no address for a card or a draft, and may be thanked after "no more asks"', () => {
    const people = [aPerson({ id: 'ada', traits: {} }), aPerson({ id: 'ben', suppressed: 'asks' })];
    expect(choose('champion', { events: [used('ada', -1)], people, channel: 'nudge' })).toBe('ada');
    expect(choose('champion', { events: [used('ben', -1)], people, kind: 'thanks' })).toBe('ben');
  });

  test('is found in few rounds, also where hardly anybody can be reached', () => {
    const ids = Array.from({ length: 300 }, (_, n) => `p${String(n).padStart(3, '0')}`);
    const events = ids.map((id, n) => used(id, -n / 1000));
    const loaded = new Map<string, Person>();
    let rounds = 0;
    for (let found = 'load'; found.startsWith('load'); rounds += 1) {
      found = choose('champion', { events, people: [...loaded.values()] });
      for (const id of found.replace('load ', '').split(',')) {
        loaded.set(id, aPerson({ id, ...(id === 'p299' ? {} : { suppressed: 'all' as const }) }));
      }
      if (!found.startsWith('load')) expect(found).toBe('p299');
    }
    expect(rounds).toBeLessThan(14);
  });

  test('is one person for an email and may be another for a card or for thanks, in one look', () => {
    const people = [aPerson({ id: 'ada', traits: {} }), aPerson({ id: 'ben' })];
    const quiet = [aPerson({ id: 'ada', suppressed: 'asks' }), aPerson({ id: 'ben' })];
    const index = indexSignals(catalog.signals);
    const state = [used('ada', -1), used('ben', -2)].reduce(
      (folded, event) => fold(folded, event, index),
      emptyState(),
    );
    const chosen = (those: readonly Person[]) => {
      const view = aView({ state, people: new Map(those.map((person) => [person.id, person])) });
      const situation = situate(catalog, view, day(1));
      return (['ask', 'thanks'] as const).flatMap((kind) =>
        (['email', 'nudge'] as const).map((channel) => {
          const choice = choosePerson(situation, aTrigger({ who: 'champion', kind }), channel);
          return choice.kind === 'chosen' ? choice.person.id : choice.kind;
        }),
      );
    };
    expect(chosen(people)).toEqual(['ben', 'ada', 'ben', 'ada']);
    expect(chosen(quiet)).toEqual(['ben', 'ben', 'ada', 'ada']);
  });

  test('rather is the one than the other by what they did and said', () => {
    const index = indexSignals(catalog.signals);
    const ahead = (...events: readonly Event[]) => {
      const state = events.reduce((folded, event) => fold(folded, event, index), emptyState());
      return [isAheadOf(state, 'ada', 'ben'), isAheadOf(state, 'ben', 'ada')];
    };
    const low = (personId: string) => anAnswer(6, { personId, occurredAt: day(-9) });
    const fair = (personId: string) => anAnswer(8, { personId, occurredAt: day(-9) });
    expect(ahead()).toEqual([false, false]);
    expect(ahead(used('ada', -1))).toEqual([true, false]);
    expect(ahead(used('ada', -1), low('ada'))).toEqual([false, false]);
    expect(ahead(used('ada', -1), low('ada'), used('ben', -2))).toEqual([false, true]);
    expect(ahead(used('ada', -1), used('ben', -2), fair('ben'))).toEqual([true, false]);
    expect(ahead(used('ada', -2), used('ben', -1))).toEqual([false, true]);
    expect(ahead(used('ada', -1), used('ben', -1))).toEqual([true, false]);
    expect(ahead(used('ada', -1), used('ben', -2), used('ben', -3))).toEqual([false, true]);
  });

  test('is loaded from the top, one at first', () => {
    const events = [used('ada', -1), used('ben', -2)];
    expect(choose('champion', { events, people: [] })).toBe('load ada');
    expect(choose('champion', { events, people: [aPerson({ id: 'ada', suppressed: 'all' })] })).toBe(
      'load ben',
    );
  });
});
