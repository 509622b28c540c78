import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeAt,
  bind,
  compressMemberships,
  hasLeft,
  type Membership,
  mayRebind,
  turnsAt,
} from '../../src/engine/binding.ts';
import { compareEvents } from '../../src/engine/event.ts';
import { DAY } from '../../src/engine/time.ts';
import { day } from '../builders.ts';

describe('bind', () => {
  test('an event belongs to the account its person joined last', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('globex', 3)]);
    expect(bind(bindings, day(2))).toBe('acme');
    expect(bind(bindings, day(3))).toBe('globex');
  });

  test('an event before the first group call waits for one within 90 days, both edges counted', () => {
    const bindings = compressMemberships([joined('acme', 90)]);
    expect(bind(bindings, day(0))).toBe('acme');
    expect(bind(bindings, day(0) - 1)).toBeUndefined();
  });

  test('after leaving the second account the person is back in the first', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('globex', 2), left('globex', 5)]);
    expect(bind(bindings, day(4))).toBe('globex');
    expect(bind(bindings, day(5))).toBe('acme');
    expect(activeAt(bindings, day(4))).toEqual(['acme', 'globex']);
    expect(activeAt(bindings, day(5))).toEqual(['acme']);
  });

  test('who was in an account and is there no more has left it', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('globex', 3), left('globex', 5)]);
    const accounts = ['acme', 'globex', 'initech'];
    expect(accounts.filter((account) => hasLeft(bindings, account))).toEqual(['globex']);
    const back = compressMemberships([joined('globex', 3), left('globex', 5), joined('globex', 7)]);
    expect(hasLeft(back, 'globex')).toBe(false);
  });

  test('who left an account and joins it at the same instant with a later id is in it again', () => {
    expect(
      bind(compressMemberships([joined('acme', 1), left('acme', 2, 'b'), joined('acme', 2, 'c')]), day(3)),
    ).toBe('acme');
    expect(
      bind(compressMemberships([joined('acme', 1), left('acme', 2, 'c'), joined('acme', 2, 'b')]), day(3)),
    ).toBeUndefined();
  });

  test('of several accounts joined at one instant the first is that of events before, the last of those after', () => {
    const bindings = compressMemberships([joined('globex', 5, 'b'), joined('acme', 5, 'a')]);
    expect(bind(bindings, day(4))).toBe('acme');
    expect(bind(bindings, day(5))).toBe('globex');
    expect(activeAt(bindings, day(5))).toEqual(['acme', 'globex']);
  });

  test('an account joined and left at one instant is still the one that events before waited for', () => {
    const bindings = compressMemberships([joined('acme', 5, 'a'), left('acme', 5, 'b'), joined('globex', 7)]);
    expect(bind(bindings, day(4))).toBe('acme');
    expect(bind(bindings, day(5))).toBe('globex');
    expect(activeAt(bindings, day(5))).toEqual([]);
  });

  test('an end that comes before any start at its instant opens nothing', () => {
    const bindings = compressMemberships([left('acme', 5, 'a'), joined('globex', 5, 'b')]);
    expect(bindings).toEqual([{ at: day(5), active: ['globex'] }]);
    expect(bind(bindings, day(4))).toBe('globex');
    expect(compressMemberships([left('acme', 5)])).toEqual([]);
  });

  test('a person who is somewhere and joins two accounts at one instant was where they were', () => {
    const bindings = compressMemberships([
      joined('acme', 1),
      joined('globex', 5, 'a'),
      joined('initech', 5, 'b'),
    ]);
    expect(bind(bindings, day(4))).toBe('acme');
    expect(bindings.at(-1)).toEqual({ at: day(5), active: ['acme', 'globex', 'initech'] });
  });

  test('joining again puts an account last', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('globex', 2), joined('acme', 3)]);
    expect(activeAt(bindings, day(3))).toEqual(['globex', 'acme']);
    expect(
      bind(
        compressMemberships([joined('acme', 1), joined('globex', 2), joined('acme', 3), left('acme', 4)]),
        day(4),
      ),
    ).toBe('globex');
  });

  test('an instant at which all is as before in the end is no turn', () => {
    const bindings = compressMemberships([joined('acme', 1), left('acme', 2, 'b'), joined('acme', 2, 'c')]);
    expect(bindings).toHaveLength(1);
    expect(turnsAt(bindings, day(2))).toBe(false);
  });

  test('a person nobody put anywhere is in no account', () => {
    expect(bind(compressMemberships([]), day(0))).toBeUndefined();
    expect(activeAt([], day(0))).toEqual([]);
  });

  test('saying again where a person already is leaves nothing to store', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('acme', 2), joined('acme', 3)]);
    expect(bindings).toHaveLength(1);
    expect(mayRebind(bindings, joined('acme', 4))).toBe(false);
    expect(mayRebind(bindings, joined('acme', 0))).toBe(true);
    expect(mayRebind(bindings, joined('globex', 4))).toBe(true);
    expect(mayRebind(bindings, left('acme', 4))).toBe(true);
    expect(mayRebind([], left('acme', 4))).toBe(false);
    expect(mayRebind([], joined('acme', 4))).toBe(true);
    expect(mayRebind(bindings, left('globex', 4))).toBe(false);
  });
});

describe('a membership at an instant where something changed', () => {
  test('may bind otherwise, whatever it says', () => {
    const bindings = compressMemberships([joined('acme', 1), joined('globex', 3)]);
    expect([0, 1, 2, 3, 4].filter((n) => turnsAt(bindings, day(n)))).toEqual([1, 3]);
    expect(turnsAt([], day(1))).toBe(false);
    expect(mayRebind(bindings, joined('globex', 3, 'again'))).toBe(true);
    expect(mayRebind(bindings, left('initech', 3, 'again'))).toBe(true);
  });
});

describe('the laws of binding', () => {
  test('it gives what the definition gives, whatever the order of arrival', () => {
    fc.assert(
      fc.property(someMemberships, (memberships) => {
        const bindings = compressMemberships(memberships);
        const bound = instants.map((at) => bind(bindings, at));
        expect(bound).toEqual(instants.map((at) => boundByDefinition(memberships, at)));
        const active = instants.map((at) => [...activeAt(bindings, at)].sort());
        expect(active).toEqual(instants.map((at) => activeByDefinition(memberships, at)));
      }),
      { numRuns: 3000 },
    );
  });

  test('a membership that is said to change nothing changes nothing', () => {
    fc.assert(
      fc.property(someMemberships, aMembership, (memberships, added) => {
        const bindings = compressMemberships(memberships);
        fc.pre(!mayRebind(bindings, added));
        expect(compressMemberships([...memberships, added])).toEqual(bindings);
      }),
      { numRuns: 3000 },
    );
  });
});

const GRID = 30 * DAY;
const instants = Array.from({ length: 12 }, (_, n) => day(0) + (n - 4) * GRID).flatMap((at) => [
  at - 1,
  at,
  at + 1,
]);

const aMembership: fc.Arbitrary<Membership> = fc.record({
  occurredAt: fc.integer({ min: 0, max: 5 }).map((n) => day(0) + n * GRID),
  id: fc.integer({ min: 0, max: 1e9 }).map(String),
  accountId: fc.constantFrom('acme', 'globex', 'initech'),
  ends: fc.boolean(),
});
const someMemberships = fc.uniqueArray(aMembership, { maxLength: 12, selector: ({ id }) => id });

function boundByDefinition(memberships: readonly Membership[], at: number): string | undefined {
  const starts = memberships.filter(({ ends }) => !ends).toSorted(compareEvents);
  const current = starts.findLast((start) => start.occurredAt <= at && !hasEnded(memberships, start, at));
  if (current !== undefined) return current.accountId;
  return starts.find(({ occurredAt }) => occurredAt > at && occurredAt <= at + 90 * DAY)?.accountId;
}

function activeByDefinition(memberships: readonly Membership[], at: number): string[] {
  const active = memberships.filter((m) => !m.ends && m.occurredAt <= at && !hasEnded(memberships, m, at));
  return [...new Set(active.map(({ accountId }) => accountId))].sort();
}

function hasEnded(memberships: readonly Membership[], start: Membership, at: number): boolean {
  return memberships.some(
    (end) =>
      end.ends && end.accountId === start.accountId && end.occurredAt <= at && compareEvents(start, end) <= 0,
  );
}

function joined(accountId: string, on: number, id = `join-${on}`): Membership {
  return { accountId, occurredAt: day(on), id, ends: false };
}

function left(accountId: string, on: number, id = `leave-${on}`): Membership {
  return { accountId, occurredAt: day(on), id, ends: true };
}
