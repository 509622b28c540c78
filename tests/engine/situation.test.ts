import { describe, expect, test } from 'vitest';
import { fold } from '../../src/engine/fold.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import {
  calledBy,
  firstName,
  foundOf,
  readinessIn,
  readinessTurnsAt,
  situate,
  situateWith,
} from '../../src/engine/situation.ts';
import { emptyState } from '../../src/engine/state.ts';
import { DAY } from '../../src/engine/time.ts';
import { aCatalog, anAsk, anEvent, aPerson, aSignal, aView, day } from '../builders.ts';

describe('a person in a sentence', () => {
  test.each([
    [{ first_name: 'Ada', name: 'Augusta Lovelace' }, 'Ada'],
    [{ name: 'Ada Lovelace' }, 'Ada'],
    [{ first_name: '', name: 'Ada Lovelace' }, 'Ada'],
    [{ first_name: 7, name: 'Ada' }, 'Ada'],
    [{ name: ' Ada  Lovelace' }, 'Ada'],
    [{ name: '' }, undefined],
    [{ name: 7 }, undefined],
    [{}, undefined],
  ])('with %j is called %s', (traits, name) => {
    expect(firstName(aPerson({ traits }))).toBe(name);
  });

  test('who is not known is called by their id, and a visitor not at all', () => {
    expect(firstName(undefined)).toBeUndefined();
    const nobody = new Map();
    expect(calledBy(nobody, 'u-17')).toBe('u-17');
    expect(calledBy(nobody, 'email:ada@customer.example')).toBe('ada@customer.example');
    expect(calledBy(nobody, 'anon:4f1c')).toBeUndefined();
    const signals = [aSignal({ says: '{{ person }} ran a workflow' })];
    const state = fold(emptyState(), anEvent(), indexSignals(signals));
    const said = (...people: ReturnType<typeof aPerson>[]) => {
      const view = aView({ state, people: new Map(people.map((person) => [person.id, person])) });
      return readinessIn(situate(aCatalog({ signals }), view, day(0))).contributions[0]?.says;
    };
    expect(said()).toBe('ada ran a workflow');
    expect(said(aPerson({ traits: { name: 'Ada Lovelace' } }))).toBe('Ada ran a workflow');
  });
});

test('the asks of a person are those of the account and those of others, each once', () => {
  const [here, ben, elsewhere] = ['here', 'ben', 'elsewhere'].map((id) =>
    anAsk({ id, personId: id === 'ben' ? 'ben' : 'ada' }),
  );
  if (here === undefined || ben === undefined || elsewhere === undefined) throw new Error('no asks');
  const ada = aPerson({ asks: [here, elsewhere] });
  const situation = situate(aCatalog(), aView({ asks: [here, ben] }), day(0));
  const asks = (given: typeof situation) => foundOf(given, ada).asks.map(({ id }) => id);
  expect(asks(situation)).toEqual(['here', 'elsewhere']);
  expect(asks(situateWith(situation, { except: 'elsewhere' }))).toEqual(['here']);
  expect(asks(situateWith(situation, { counts: ({ id }) => id !== 'here' }))).toEqual(['elsewhere']);
  expect(foundOf(situation, ada)).toBe(foundOf(situation, ada));
});

test('each bound on readiness turns at its own instant, and at a second look at none', () => {
  const signals = [aSignal({ effect: { kind: 'points', points: 80 }, halfLife: 10 * DAY })];
  const state = fold(emptyState(), anEvent(), indexSignals(signals));
  const situation = situate(aCatalog({ signals }), aView({ state }), day(1));
  for (let round = 0; round < 2; round += 1) {
    expect(readinessTurnsAt(situation, { atLeast: 40 })).toBe(day(10) + 1);
    expect(readinessTurnsAt(situation, { atLeast: 20 })).toBe(day(20) + 1);
    expect(readinessTurnsAt(situation, { atMost: 20 })).toBe(day(20));
  }
  const again = situateWith(situation, { isSecondLook: true });
  expect(readinessTurnsAt(again, { atLeast: 40 })).toBeUndefined();
});
