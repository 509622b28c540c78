import { describe, expect, test } from 'vitest';
import type { Gate } from '../../../src/engine/catalog.ts';
import { stepQuickly } from '../../../src/engine/replay/quick-step.ts';
import { receive } from '../../../src/engine/replay/receive.ts';
import { createReplay } from '../../../src/engine/replay/replay.ts';
import { KEEP_NOTHING } from '../../../src/engine/replay/to-keep.ts';
import { sleepUntil } from '../../../src/engine/replay/unsettle.ts';
import { accountOf, type Reported, type World } from '../../../src/engine/replay/world.ts';
import { aCatalog, aTrigger, day, someGuardrails, where } from '../../builders.ts';
import { anIdentify, aReport, playEach, WORKSPACE } from './histories.ts';

const memoryOfAda = (events: Parameters<typeof playEach>[1], isCareful: boolean) =>
  playEach(aCatalog(), events, { isCareful }).world.accounts.get('acme')?.state.people['ada'];

const did = (id: string, at: number) => aReport({ id, name: 'Report Opened', occurredAt: day(at) });

test('what somebody does after they left an account is not of that account', () => {
  const history = [
    did('test:1', 0),
    did('test:2', 1),
    aReport({ id: 'test:3', name: 'Account Removed User', occurredAt: day(2) }),
    aReport({ id: 'test:4', name: 'Report Opened', occurredAt: day(3), nowhere: true }),
  ];
  for (const isCareful of [true, false])
    expect(memoryOfAda(history, isCareful)?.latest).toEqual({ at: day(2), id: 'test:3', left: true });
});

test('what a visitor did is remembered of whom they turned out to be, and what these do afterwards', () => {
  const visit = aReport({ id: 'test:2', nobody: true, anonymousId: 'visitor', occurredAt: day(1) });
  const history = [
    did('test:1', 0),
    visit,
    did('test:3', 2),
    anIdentify('ada', {}, { id: 'test:4', anonymousId: 'visitor', occurredAt: day(3) }),
    did('test:5', 4),
  ];
  for (const isCareful of [true, false])
    expect(memoryOfAda(history, isCareful)?.latest).toEqual({ at: day(4), id: 'test:5' });
});

test('a trait that is said again counts from when it was last said', () => {
  const said = (id: string, role: string, at: number, receivedAt = at) =>
    anIdentify('ada', { role }, { id, occurredAt: day(at), receivedAt: day(receivedAt) });
  const history = [
    did('test:1', 0),
    said('test:2', 'analyst', 1),
    did('test:3', 2),
    said('test:4', 'analyst', 3),
  ];
  const { world } = playEach(aCatalog(), history);
  const { traits, stamps } = world.people.get('ada') ?? {};
  expect(traits?.['role']).toBe('analyst');
  expect(stamps?.get('role')).toEqual({ occurredAt: day(3), id: 'test:4' });
});

const never: Gate = { kind: 'account', where: where({ plan: { is: 'none' } }) };
const catalog = aCatalog({
  triggers: [
    aTrigger({ name: 'held', on: ['Kind Words'], when: [never] }),
    aTrigger({ name: 'scores', on: ['NPS Answered'], when: [never] }),
    aTrigger({ name: 'asks', on: ['Report Shared'] }),
    aTrigger({ name: 'idle', on: [], who: 'champion', when: [never] }),
  ],
  guardrails: someGuardrails({ perAccount: { ...someGuardrails().perAccount, minimumTenure: 0 } }),
});

/** Ada came to acme with her phone and said the next day who she is; a laptop is ben's. */
function afterHistory({ isCareful = false } = {}): World {
  const keep = { ...KEEP_NOTHING, people: new Set<string>() };
  const replay = createReplay(catalog, { workspace: WORKSPACE, isCareful, keep });
  const history = [
    aReport({ id: 'test:0', name: 'Report Opened', occurredAt: day(0), anonymousId: 'phone' }),
    anIdentify('ada', { role: 'chef' }, { id: 'test:1', occurredAt: day(1) }),
    aReport({
      id: 'test:2',
      userId: 'ben',
      occurredAt: day(2),
      anonymousId: 'laptop',
      ownAccountId: 'globex',
    }),
    aReport({ id: 'test:3', occurredAt: day(3) }),
  ];
  for (const event of history) replay.receiveEach([event], event.occurredAt);
  return replay.world;
}

// What a run keeps is only to be read, but by whoever makes it.
const keepOf = ({ keep }: World) => keep.people as Set<string>;

/** What a step may write to, as it is now. */
function traces({ people, accounts, tally, now, tasks }: World) {
  const { traits, stamps, leftOut, bound, memberships, loose } = personIn(people, 'ada');
  return structuredClone({
    states: [...accounts].map(([id, { state }]) => [id, state]),
    ada: { traits, stamps, leftOut, bound, memberships, loose },
    events: tally.events,
    now,
    next: tasks.nextAt(),
  });
}

function personIn(people: World['people'], id: string) {
  const person = people.get(id);
  if (person === undefined) throw new Error(`${id} is not known.`);
  return person;
}

const next = (change: Parameters<typeof aReport>[0] = {}): Reported =>
  aReport({ id: 'test:next', name: 'Report Opened', occurredAt: day(5), ...change });
const said = (traits: Reported['properties'], change: Partial<Reported> = {}) =>
  anIdentify('ada', traits, { id: 'test:next', occurredAt: day(5), ...change });

describe('the shortest way', () => {
  test.each<[string, Reported]>([
    ['that names the account', next()],
    ['that names none', next({ nowhere: true })],
    ['from a device known to be theirs', next({ anonymousId: 'phone' })],
    ['with an address known to be theirs', next({ email: 'ada@customer.example' })],
    ['that says again what was known of them', said({ role: 'chef' })],
    ['that is evidence', next({ name: 'Workflow Completed' })],
    ['that is a score', next({ name: 'NPS Answered', properties: { score: 9 } })],
    ['that opens a trigger', next({ name: 'Kind Words' })],
    ['that happened before another', next({ occurredAt: day(2) })],
  ])('is taken for an event %s, and leads to where the longer one does', (_, event) => {
    const [short, long] = [afterHistory(), afterHistory()];
    expect(stepQuickly(short, event, day(5))).toBe(true);
    receive(long, [event], day(5));
    expect(traces(short)).toEqual(traces(long));
  });

  test.each<[string, Reported, ((world: World) => void)?]>([
    ['by nobody', next({ nobody: true })],
    ['by somebody new', next({ userId: 'cleo' })],
    ['of our own', next({ source: 'goodturn' })],
    ['that nobody vouches for', next({ trust: 'public' })],
    ['that is history', next({ imported: true })],
    ['that ties an alias', next({ ties: ['email:chef@customer.example'] })],
    ['that ends a membership', next({ name: 'Account Removed User' })],
    ['from a device that is not theirs', next({ anonymousId: 'laptop' })],
    ['from a device that nobody knows', next({ anonymousId: 'tablet' })],
    ['from a device before it was theirs', next({ anonymousId: 'phone', occurredAt: day(0) })],
    ['with an address that nobody claimed', next({ email: 'chef@customer.example' })],
    ['with an address before it was theirs', next({ email: 'ada@customer.example', occurredAt: day(1) })],
    ['that says something new of them', said({ role: 'cook' })],
    ['that says it with an address that nobody claimed', said({}, { email: 'chef@customer.example' })],
    ['in another account', next({ ownAccountId: 'globex' })],
    ['before they were there', next({ occurredAt: day(0) })],
    ['without an account, before they were there', next({ occurredAt: day(-1), nowhere: true })],
    ['by somebody who is nowhere', next(), (world) => (personIn(world.people, 'ada').bindings = [])],
    ['by somebody all of whose memberships are kept', next(), (world) => keepOf(world).add('ada')],
    [
      'of an account that gets a look at its next event',
      next(),
      (world) => (accountOf(world, 'acme').isStale = true),
    ],
  ])('is not taken for an event %s, and nothing is done', (_, event, arrange) => {
    const world = afterHistory();
    arrange?.(world);
    world.now = day(5);
    const before = traces(world);
    expect(stepQuickly(world, event, day(5))).toBe(false);
    expect(traces(world)).toEqual(before);
  });

  test('is not taken where all are looked at', () => {
    expect(stepQuickly(afterHistory({ isCareful: true }), next(), day(5))).toBe(false);
  });

  test('knows a device again, from when it was theirs', () => {
    const world = afterHistory();
    const byPhone = (occurredAt: number) =>
      stepQuickly(world, next({ id: `test:${occurredAt}`, anonymousId: 'phone', occurredAt }), day(6));
    expect([day(5), day(6), day(0) + 1].map(byPhone)).toEqual([true, true, true]);
    expect(byPhone(day(0))).toBe(false);
    world.ties.clear();
    expect(byPhone(day(5.5))).toBe(true);
  });

  test('is taken as soon as the account they are in is known', () => {
    const world = afterHistory();
    const acme = accountOf(world, 'acme');
    const ada = personIn(world.people, 'ada');
    ada.bindings = [...ada.bindings];
    world.accounts.delete('acme');
    expect(stepQuickly(world, next(), day(5))).toBe(false);
    world.accounts.set('acme', acme);
    expect(stepQuickly(world, next(), day(5))).toBe(true);
  });

  test.each<[string, Reported]>([
    ['that says what was known', next({ name: 'Workflow Completed' })],
    ['that is held as plainly as can be', next({ name: 'Kind Words' })],
  ])('does not look at the whole account for an event %s', (_, event) => {
    const world = afterHistory();
    const acme = accountOf(world, 'acme');
    const { champions, agenda } = acme;
    const { watchedBy } = personIn(world.people, 'ada');
    expect(stepQuickly(world, event, day(5))).toBe(true);
    // A look would find them anew.
    expect([acme.champions === champions, acme.agenda === agenda]).toEqual([true, true]);
    expect(personIn(world.people, 'ada').watchedBy).toBe(watchedBy);
  });

  test('is taken once what is due before has happened, at its instant or later', () => {
    const world = afterHistory();
    sleepUntil(world, accountOf(world, 'acme'), day(4));
    expect(stepQuickly(world, next(), day(5))).toBe(true);
    expect([world.now, world.tasks.nextAt()]).toEqual([day(5), Number.POSITIVE_INFINITY]);
    expect(stepQuickly(world, next({ id: 'test:late', occurredAt: day(4) }), day(4))).toBe(true);
    expect(world.now).toBe(day(5));
  });

  test('asks at once where nothing holds', () => {
    const world = afterHistory();
    expect(stepQuickly(world, next({ name: 'Report Shared' }), day(5))).toBe(true);
    expect([...world.asks.values()]).toMatchObject([{ trigger: 'asks', personId: 'ada', accountId: 'acme' }]);
  });

  test('puts on the agenda an answer that changes a score, and not one that does not', () => {
    const answered = (id: string, score: number, at: number) =>
      next({ id, name: 'NPS Answered', occurredAt: day(at), properties: { score, response_id: 'one' } });
    const world = afterHistory();
    const waiting = () => accountOf(world, 'acme').agenda.openings['scores']?.map(({ id }) => id);
    for (const event of [answered('test:1st', 9, 5), answered('test:2nd', 9, 5.1)])
      expect(stepQuickly(world, event, event.occurredAt)).toBe(true);
    expect(waiting()).toEqual(['test:1st']);
    expect(stepQuickly(world, answered('test:3rd', 8, 5.2), day(5.2))).toBe(true);
    expect(waiting()).toEqual(['test:3rd']);
  });
});
