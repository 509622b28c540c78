import { describe, expect, test } from 'vitest';
import { compressMemberships, type Membership } from '../../../src/engine/binding.ts';
import type { Guardrails } from '../../../src/engine/catalog.ts';
import type { JsonObject } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import {
  forgetLoose,
  learnTraits,
  learnTraitsOf,
  memoryOf,
  noteBound,
  noteUnmovable,
  saysNothingNew,
  saysTheSame,
  widen,
  withMemberships,
} from '../../../src/engine/replay/known-people.ts';
import { kindOfPerson } from '../../../src/engine/replay/plain-person.ts';
import { toKeepNext } from '../../../src/engine/replay/to-keep.ts';
import { accountOf, isPending, type Person, personOf, type Span } from '../../../src/engine/replay/world.ts';
import { indexSignals } from '../../../src/engine/signal-index.ts';
import { emptyState } from '../../../src/engine/state.ts';
import { anAnswer, anEvent, day, someGuardrails } from '../../builders.ts';
import { anIdentify, aReport } from './histories.ts';
import { aWorld } from './worlds.ts';

const somebody = (id = 'ada'): Person => personOf(aWorld(), id);
const said = (properties: JsonObject, on: number, id = `test:${on}`) => ({
  ...anIdentify('ada', {}, { id, occurredAt: day(on) }),
  properties,
});

describe('traits of a person', () => {
  test('are as last said, of two words at one instant by the higher id', () => {
    const person = somebody();
    expect(learnTraits(person, said({ role: 'chef', age: 30, team: null, vip: true }, 2))).toBe(true);
    expect(learnTraits(person, said({ role: 'cook', title: 'Ms' }, 1))).toBe(true);
    expect(learnTraits(person, said({ role: 'waiter' }, 2, 'test:1'))).toBe(false);
    expect(person.traits).toEqual({ role: 'chef', age: 30, team: null, vip: true, title: 'Ms' });
    expect(learnTraits(person, said({ role: 'host' }, 2, 'test:3'))).toBe(true);
    expect(learnTraits(person, said({ role: 'host' }, 4))).toBe(false);
    expect(learnTraits(person, said({ role: 'chef' }, 3))).toBe(false);
    expect(person.traits['role']).toBe('host');
  });

  test('are short, and no objects', () => {
    const person = somebody();
    const properties = { text: 'x'.repeat(1000), longer: 'x'.repeat(1001), list: [1], tree: { a: 1 } };
    expect(learnTraits(person, said(properties, 1))).toBe(true);
    expect(Object.keys(person.traits)).toEqual(['text']);
    expect(learnTraits(person, said({ list: [1] }, 2))).toBe(false);
  });

  test('are at most 200, those said last', () => {
    const person = somebody();
    for (let n = 0; n < 205; n += 1) learnTraits(person, said({ [`t${n}`]: n }, 300 - n));
    expect(Object.keys(person.traits)).toHaveLength(200);
    expect([person.traits['t0'], person.traits['t199']]).toEqual([0, 199]);
    expect(person.traits['t204']).toBeUndefined();
    expect(person.stamps?.size).toBe(200);
    learnTraits(person, said({ t0: 1, last: 1 }, 999));
    expect([person.traits['t0'], person.traits['last'], person.traits['t199']]).toEqual([1, 1, undefined]);
    expect(Object.keys(person.traits)).toHaveLength(200);
  });

  test('are said again where each is known, the same and older', () => {
    const person = somebody();
    expect(saysTheSame(person, said({ role: 'chef' }, 1))).toBe(false);
    learnTraits(person, said({ role: 'chef', age: 30 }, 2));
    expect(saysTheSame(person, said({ role: 'chef' }, 3))).toBe(true);
    expect(saysTheSame(person, said({ role: 'chef', list: [1] }, 3))).toBe(true);
    expect(saysTheSame(person, said({}, 3))).toBe(true);
    expect(saysTheSame(person, said({ role: 'chef', title: 'Ms' }, 3))).toBe(false);
    expect(saysTheSame(person, said({ role: 'cook' }, 3))).toBe(false);
    expect(saysTheSame(person, said({ role: 'chef' }, 2))).toBe(false);
    expect(saysTheSame(person, said({ role: 'chef' }, 1))).toBe(false);
  });

  test('of somebody who turned out to be them are theirs where they were said last', () => {
    const [ada, visitor] = [somebody(), somebody('anon:phone')];
    learnTraits(ada, said({ role: 'chef', age: 30 }, 2));
    learnTraits(visitor, said({ role: 'cook', title: 'Ms' }, 1));
    learnTraits(visitor, said({ age: 31 }, 3));
    learnTraitsOf(ada, visitor);
    expect(ada.traits).toEqual({ role: 'chef', age: 31, title: 'Ms' });
    learnTraitsOf(ada, somebody('anon:laptop'));
    expect(ada.traits).toEqual({ role: 'chef', age: 31, title: 'Ms' });
  });

  test('of an address that is all there is of somebody are that address', () => {
    expect(somebody('email:ada@customer.example').traits).toEqual({ email: 'ada@customer.example' });
    expect(somebody('anon:phone').traits).toEqual({});
  });
});

test('somebody is pending who is known by an anonymous id or an address only', () => {
  expect(['anon:phone', 'email:ada@customer.example', 'ada', 'not anon:'].map(isPending)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe('two people are the same to the guardrails', () => {
  const kind = (
    change: (person: Person) => void,
    guardrails: Partial<Guardrails> = {},
    score?: number,
    email: string | undefined = 'ada@customer.example',
  ) => {
    const world = aWorld({ guardrails: someGuardrails(guardrails) });
    const account = accountOf(world, 'acme');
    if (score !== undefined) fold(account.state, anAnswer(score), indexSignals([]));
    const person = personOf(world, 'ada');
    if (email !== '') learnTraits(person, said({ email }, 1));
    change(person);
    return kindOfPerson(world, account, person);
  };
  const nothing = () => {};
  const never = { domains: ['bad.example'], plans: [], accounts: [], people: ['ben'] };

  test('where nothing sets them apart: with an address, or without one', () => {
    expect(kind(nothing)).toBe('addressed');
    expect(kind(nothing, {}, undefined, '')).toBe('nameless');
    expect(kind(nothing, {}, 7)).toBe('addressed');
    expect(kind(nothing, { never })).toBe('addressed');
  });

  test('but not who is held, was asked, is ours, is a detractor or must never be asked', () => {
    expect(kind((ada) => (ada.hold = { until: day(9), reason: '', by: '' }))).toBe('ada');
    expect(kind(nothing, {}, 6)).toBe('ada');
    expect(kind(nothing, {}, undefined, 'ada@vendor.example')).toBe('ada');
    expect(kind(nothing, { never }, undefined, 'ada@bad.example')).toBe('ada');
    expect(kind(nothing, { never: { ...never, people: ['ada'] } })).toBe('ada');
  });

  test('as they are now, not as they were', () => {
    const world = aWorld();
    const account = accountOf(world, 'acme');
    const person = personOf(world, 'ada');
    expect(kindOfPerson(world, account, person)).toBe('nameless');
    learnTraits(person, said({ email: 'ada@customer.example' }, 1));
    person.version += 1;
    expect(kindOfPerson(world, account, person)).toBe('addressed');
  });
});

const span = (from: number, to: number): Span => ({ from: day(from), to: day(to) });
const joined = (accountId: string, on: number, ends = false): Membership => ({
  id: `test:${accountId}-${on}-${ends}`,
  occurredAt: day(on),
  accountId,
  ends,
});

/** Ada, who joined acme on the first day. */
function aMember(options: Parameters<typeof aWorld>[1] = {}) {
  const world = aWorld({}, options);
  const ada = personOf(world, 'ada');
  ada.bindings = withMemberships(world, ada, [joined('acme', 1)]);
  return { world, ada };
}

describe('memberships of a person', () => {
  test('that say again where they are are left out, and where they lie is noted', () => {
    const { ada } = aMember();
    expect(saysNothingNew(ada, joined('acme', 4))).toBe(true);
    expect(ada.leftOut).toEqual(span(4, 4));
    expect(saysNothingNew(ada, joined('acme', 6))).toBe(true);
    expect(saysNothingNew(ada, joined('acme', 5))).toBe(true);
    expect(saysNothingNew(ada, joined('acme', 3))).toBe(true);
    expect(ada.leftOut).toEqual(span(3, 6));
    widen(ada, day(7));
    expect(ada.leftOut).toEqual(span(3, 7));
  });

  test.each([
    ['another account', joined('globex', 2)],
    ['an earlier start', joined('acme', 0)],
    ['an end', joined('acme', 2, true)],
    ['an end elsewhere', joined('globex', 2, true)],
  ])('are kept that say something new: %s', (_, membership) => {
    const { ada } = aMember();
    expect(saysNothingNew(ada, membership)).toBe(false);
    expect(ada.leftOut).toBeUndefined();
  });

  test('are put in order', () => {
    const { world, ada } = aMember();
    const all = [joined('acme', 1), joined('globex', 2), joined('initech', 3)];
    expect(withMemberships(world, ada, [joined('initech', 3), joined('globex', 2)])).toEqual(
      compressMemberships(all),
    );
    expect(ada.memberships).toEqual(all);
  });

  test.each<[string, Membership[], boolean]>([
    ['of another account come before one', [joined('globex', 3)], true],
    ['of another account come at the instant of the last', [joined('globex', 5)], true],
    ['of another account come on both sides', [joined('globex', 3), joined('globex', 9)], true],
    ['of another account come after all', [joined('globex', 6)], false],
    ['end before one', [joined('acme', 3, true)], true],
    ['of the same account come before one', [joined('acme', 0)], false],
  ])('that were left out are missed where new ones %s', (_, news, isMissed) => {
    const { world, ada } = aMember();
    ada.leftOut = span(4, 5);
    withMemberships(world, ada, news);
    expect([...world.missed.people]).toEqual(isMissed ? ['ada'] : []);
  });

  test('are not missed where none was left out', () => {
    const { world, ada } = aMember();
    withMemberships(world, ada, [joined('globex', 0)]);
    expect(world.missed.people.size).toBe(0);
  });
});

describe('events that a membership brought to an account', () => {
  test('lie between the first and the last of them', () => {
    const ada = somebody();
    for (const on of [4, 6, 5, 3]) noteBound(ada, 'acme', day(on));
    noteBound(ada, 'globex', day(9));
    expect([...(ada.bound ?? [])]).toEqual([
      ['acme', span(3, 6)],
      ['globex', span(9, 9)],
    ]);
  });

  /** What is missed once memberships bind anew what lay in acme between two days. */
  const missing = (
    ofAcme: Span | undefined,
    memberships: readonly Membership[],
    kept: readonly string[] = [],
  ) => {
    const { world, ada } = aMember({ keep: { accounts: new Set(kept) } });
    if (ofAcme !== undefined) ada.bound = new Map([['acme', ofAcme]]);
    noteUnmovable(world, ada, compressMemberships(memberships));
    return [[...world.missed.people], [...world.missed.accounts]];
  };

  test('stay there as long as all of them are bound as before', () => {
    const here = joined('acme', 1);
    expect(missing(undefined, [joined('globex', 1)])).toEqual([[], []]);
    expect(missing(span(2, 4), [here])).toEqual([[], []]);
    expect(missing(span(2, 4), [here, joined('globex', 5)])).toEqual([[], []]);
    expect(missing(span(2, 4), [joined('globex', 0), here])).toEqual([[], []]);
    expect(missing(span(2, 4), [joined('globex', 0), joined('acme', 2)])).toEqual([[], []]);
  });

  test.each<[string, Membership[]]>([
    ['from the first on', [joined('globex', 1)]],
    ['up to some', [joined('globex', 1), joined('acme', 3)]],
    ['from some on', [joined('acme', 1), joined('globex', 3)]],
    ['the last', [joined('acme', 1), joined('globex', 4)]],
    ['in between', [joined('acme', 1), joined('globex', 2.5), joined('acme', 3)]],
  ])('are missed where they would have to move: %s', (_, memberships) => {
    expect(missing(span(2, 4), memberships)).toEqual([['ada'], ['acme']]);
    expect(missing(span(2, 4), memberships, ['acme'])).toEqual([['ada'], []]);
  });
});

test('what an account remembers of somebody is found again without looking', () => {
  const ada = somebody();
  const state = emptyState();
  expect(memoryOf(state, ada)).toBeUndefined();
  fold(state, anEvent({ personId: 'ada' }), indexSignals([]));
  const memory = state.people['ada'];
  expect(memoryOf(state, ada)).toBe(memory);
  delete state.people['ada'];
  expect(memoryOf(state, ada)).toBe(memory);
  expect(memoryOf(emptyState(), ada)).toBeUndefined();
});

test('an event waits for an account for 90 days', () => {
  const ada = somebody();
  const waits = (on: number) => ({
    event: aReport({ id: `test:${on}`, occurredAt: day(on) }),
    accountId: undefined,
  });
  const left = (on: number) => {
    forgetLoose(ada, day(on));
    return ada.loose?.map(({ event }) => event.id);
  };
  expect(left(0)).toBeUndefined();
  ada.loose = [waits(0), waits(1)];
  expect(left(90)).toEqual(['test:0', 'test:1']);
  expect(left(90.5)).toEqual(['test:1']);
  expect(left(91.5)).toBeUndefined();
});

describe('what the next run has to keep', () => {
  const missing = (what: { accounts?: string[]; people?: string[]; asks?: string[] }, keep = {}) => {
    const kept = {
      accounts: new Set<string>(),
      people: new Set<string>(),
      asks: new Map<string, number>(),
      ...keep,
    };
    const world = aWorld({}, { keep: kept });
    for (const id of what.accounts ?? []) world.missed.accounts.add(id);
    for (const id of what.people ?? []) world.missed.people.add(id);
    for (const id of what.asks ?? []) world.missed.asks.add(id);
    world.told.set('told', day(1));
    return world;
  };

  test('is nothing where nothing was missed, or only what was kept', () => {
    expect(toKeepNext([])).toBeUndefined();
    expect(toKeepNext([missing({})])).toBeUndefined();
    expect(toKeepNext([missing({ accounts: ['acme'] }, { accounts: new Set(['acme']) })])).toBeUndefined();
    expect(toKeepNext([missing({ people: ['ada'] }, { people: new Set(['ada']) })])).toBeUndefined();
    expect(toKeepNext([missing({ asks: ['one'] }, { asks: new Map([['one', 1]]) })])).toBeUndefined();
  });

  test('is what any of the runs missed, beside what was kept', () => {
    const keep = { accounts: new Set(['globex']), people: new Set(['ben']), asks: new Map([['old', 1]]) };
    expect(toKeepNext([missing({ accounts: ['acme'] }, keep), missing({ people: ['ada'] }, keep)])).toEqual({
      accounts: new Set(['globex', 'acme']),
      people: new Set(['ben', 'ada']),
      asks: new Map([['old', 1]]),
    });
    expect(toKeepNext([missing({}, keep), missing({ asks: ['one'] }, keep)])).toEqual({
      ...keep,
      asks: new Map([['told', day(1)]]),
    });
  });
});
