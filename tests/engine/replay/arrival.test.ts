import { describe, expect, test } from 'vitest';
import { arrive, claimsOf, toEvent, whoIs } from '../../../src/engine/replay/arrive.ts';
import { personOf, type Reported } from '../../../src/engine/replay/world.ts';
import { day } from '../../builders.ts';
import { anIdentify, aReport } from './histories.ts';
import { aWorld } from './worlds.ts';

const nowhere = (id: string, on: number, more: Partial<Reported> = {}): Reported =>
  aReport({ id, nowhere: true, occurredAt: day(on), ...more });
const inAcme = (id: string, on: number, more: Partial<Reported> = {}): Reported =>
  aReport({ id, occurredAt: day(on), ...more });
const visit = (id: string, on: number, more: Partial<Reported> = {}): Reported =>
  aReport({ id, nobody: true, anonymousId: 'phone', occurredAt: day(on), ...more });

/** What each step brings to acme. */
function stepsOf(steps: readonly (readonly Reported[])[], options: Parameters<typeof aWorld>[1] = {}) {
  const world = aWorld({}, options);
  const brought = steps.map((events) => {
    world.now = Math.max(...events.map(({ occurredAt }) => occurredAt));
    return arrive(world, events);
  });
  const last = brought.at(-1);
  return { world, arrivals: last, acme: last?.get('acme') };
}

describe('the aliases that an event says are its user', () => {
  test.each<[string, Partial<Reported>, string[]]>([
    ['none', {}, []],
    ['a device', { anonymousId: 'phone' }, ['anon:phone']],
    ['an address, in its normal form', { email: ' Ada@Customer.example ' }, ['email:ada@customer.example']],
    ['nothing that is no address', { email: 'ada' }, []],
    ['ties', { ties: ['anon:laptop'] }, ['anon:laptop']],
    ['a trait', anIdentify('ada', { email: 'ADA@customer.example' }), ['email:ada@customer.example']],
    ['no trait that is no address', anIdentify('ada', { email: 'ada' }), []],
    ['no trait that a browser says', { ...anIdentify('ada'), trust: 'user' }, []],
    ['no property of another event', { ...anIdentify('ada'), name: 'Signed Up' }, []],
  ])('are %s', (_, change, expected) => {
    expect(claimsOf({ ...aReport(), ...change })).toEqual(expected);
  });

  test('are theirs from then on, and pending until then', () => {
    const world = aWorld();
    expect(whoIs(world, visit('test:1', 0))).toBe('anon:phone');
    expect(whoIs(world, aReport({ nobody: true, email: 'Ada@customer.example' }))).toBe(
      'email:ada@customer.example',
    );
    expect(whoIs(world, aReport({ nobody: true }))).toBeUndefined();
    arrive(world, [inAcme('test:2', 1, { anonymousId: 'phone' })]);
    expect(whoIs(world, visit('test:1', 0))).toBe('ada');
  });

  test('are of whoever claimed them first, within a step and before', () => {
    const claim = (id: string, userId: string, on: number) =>
      inAcme(id, on, { userId, anonymousId: 'phone' });
    const ownerAfter = (...steps: readonly Reported[][]) =>
      stepsOf(steps).world.ties.get('anon:phone')?.personId;
    expect(ownerAfter([claim('test:1', 'ada', 1)], [claim('test:2', 'ben', 2)])).toBe('ada');
    expect(ownerAfter([claim('test:1', 'ada', 2)], [claim('test:2', 'ben', 1)])).toBe('ben');
    expect(ownerAfter([claim('test:1', 'ada', 2), claim('test:2', 'ben', 1)])).toBe('ben');
    expect(ownerAfter([claim('test:1', 'ada', 1), claim('test:2', 'ben', 2)])).toBe('ada');
  });
});

describe('a step brings to an account', () => {
  test('its events, and says whether something about their people changed', () => {
    const plain = stepsOf([[inAcme('test:1', 1)]]).acme;
    expect(plain).toMatchObject({
      isMoved: false,
      isChanged: false,
      events: [{ id: 'test:1', personId: 'ada' }],
    });
    const said = anIdentify('ada', {}, { id: 'test:2', occurredAt: day(2) });
    expect(stepsOf([[inAcme('test:1', 1)], [said]]).acme).toMatchObject({ isMoved: false, isChanged: true });
    expect(stepsOf([[inAcme('test:1', 1)], [said], [{ ...said, id: 'test:3' }]]).acme?.isChanged).toBe(false);
  });

  test('nothing that nobody vouches for', () => {
    expect(stepsOf([[inAcme('test:1', 1, { trust: 'public' })]]).arrivals?.size).toBe(0);
  });

  test('what waited for it', () => {
    const { acme, world } = stepsOf([[nowhere('test:1', 0)], [inAcme('test:2', 1)]]);
    expect([acme?.isMoved, acme?.events.map(({ id }) => id)]).toEqual([true, ['test:1', 'test:2']]);
    expect(personOf(world, 'ada').loose).toEqual([]);
    expect([...(personOf(world, 'ada').bound ?? [])]).toEqual([['acme', { from: day(0), to: day(0) }]]);
  });

  test('what a visitor did who turned out to be somebody', () => {
    const { acme, world } = stepsOf([
      [visit('test:1', 0)],
      [aReport({ id: 'test:2', nowhere: true, anonymousId: 'phone', occurredAt: day(1) })],
    ]);
    expect(acme?.isMoved).toBe(true);
    expect(world.people.has('anon:phone')).toBe(false);
  });

  test('no membership by our own word', () => {
    const { world } = stepsOf([[inAcme('test:1', 1, { source: 'goodturn' })]]);
    expect(personOf(world, 'ada').bindings).toEqual([]);
  });

  test('and takes from it what turned out to be of another, where all is kept', () => {
    const keep = { people: new Set(['ada']), accounts: new Set(['acme']) };
    const steps = [
      [inAcme('test:1', 0)],
      [nowhere('test:2', 5)],
      [inAcme('test:3', 4, { ownAccountId: 'globex' })],
    ];
    const { acme, arrivals, world } = stepsOf(steps, { keep });
    expect([acme?.isMoved, [...(acme?.lost ?? [])]]).toEqual([true, ['test:2']]);
    expect(arrivals?.get('globex')?.events.map(({ id }) => id)).toEqual(['test:2', 'test:3']);
    expect([...world.missed.accounts, ...world.missed.people]).toEqual([]);
    expect([...stepsOf(steps, { keep: { people: keep.people } }).world.missed.accounts]).toEqual(['acme']);
    const { missed } = stepsOf(steps).world;
    expect([[...missed.people], [...missed.accounts]]).toEqual([['ada'], ['acme']]);
  });
});

test('visitors who never come back do not pile up', () => {
  const world = aWorld();
  for (let n = 0; n < 3000; n += 1) {
    world.now = day(n);
    const { ownAccountId: _, ...report } = visit(`test:${n}`, n, { anonymousId: `phone-${n}` });
    arrive(world, [report]);
  }
  const waiting = [...world.people.values()].filter(({ loose }) => loose !== undefined);
  // Those of the last ninety days, both ends included.
  expect(waiting.length).toBe(91);
  expect(world.waiting.queue.length).toBeLessThan(1200);
  expect(world.waiting.queue.length - world.waiting.first).toBe(91);
});

test('an event of an account is what was reported, whether history or not, by somebody or nobody', () => {
  const report = aReport({ id: 'test:1' });
  const { id, source, name, occurredAt, receivedAt, properties } = report;
  const event = { id, source, name, occurredAt, receivedAt, properties, accountId: 'acme' };
  expect(toEvent(report, 'ada', 'acme')).toEqual({ ...event, personId: 'ada' });
  expect(toEvent({ ...report, imported: true }, 'ada', 'acme')).toEqual({
    ...event,
    personId: 'ada',
    imported: true,
  });
  expect(toEvent(report, undefined, 'acme')).toStrictEqual(event);
  expect(toEvent({ ...report, imported: true }, undefined, 'acme')).toStrictEqual({
    ...event,
    imported: true,
  });
});
