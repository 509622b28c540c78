import { describe, expect, test } from 'vitest';
import type { Guardrails } from '../../../src/engine/catalog.ts';
import type { JsonObject } from '../../../src/engine/event.ts';
import { fold } from '../../../src/engine/fold.ts';
import { learnTraits, learnTraitsOf, saysTheSame } from '../../../src/engine/replay/known-people.ts';
import { kindOfPerson } from '../../../src/engine/replay/plain-person.ts';
import { toKeepNext } from '../../../src/engine/replay/to-keep.ts';
import { accountOf, createWorld, type Person, personOf } from '../../../src/engine/replay/world.ts';
import { indexSignals } from '../../../src/engine/signal-index.ts';
import { aCatalog, anAnswer, day, someGuardrails } from '../../builders.ts';
import { anIdentify, WORKSPACE } from './histories.ts';

const aWorld = (guardrails: Partial<Guardrails> = {}) =>
  createWorld(aCatalog({ guardrails: someGuardrails(guardrails) }), { workspace: WORKSPACE });
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

describe('two people are the same to the guardrails', () => {
  const kind = (
    change: (person: Person) => void,
    guardrails: Partial<Guardrails> = {},
    score?: number,
    email: string | undefined = 'ada@customer.example',
  ) => {
    const world = aWorld(guardrails);
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

describe('what the next run has to keep', () => {
  const missing = (what: { accounts?: string[]; people?: string[]; asks?: string[] }, keep = {}) => {
    const kept = {
      accounts: new Set<string>(),
      people: new Set<string>(),
      asks: new Map<string, number>(),
      ...keep,
    };
    const world = createWorld(aCatalog(), { workspace: WORKSPACE, keep: kept });
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
