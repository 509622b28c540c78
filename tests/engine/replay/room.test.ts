import { describe, expect, test } from 'vitest';
import {
  breakRunaway,
  drainDrafts,
  drainEmails,
  ownersLine,
  waitForRoom,
} from '../../../src/engine/replay/room.ts';
import { createTally, tallyEvent } from '../../../src/engine/replay/tally.ts';
import { RANK } from '../../../src/engine/replay/work.ts';
import type { Ask, World } from '../../../src/engine/replay/world.ts';
import { HOUR } from '../../../src/engine/time.ts';
import { day, someGuardrails } from '../../builders.ts';
import { anAskIn, aWorld } from './worlds.ts';

const OWNER = 'sam@vendor.example';

/** One email an hour, one draft an hour for each owner; a trigger stops at its third ask within a day. */
const aSmallWorld = () =>
  aWorld({
    guardrails: someGuardrails({
      workspace: { emails: { count: 1, within: HOUR } },
      perOwner: { drafts: { count: 1, within: HOUR }, open: 2 },
      pauseAbove: { asks: { count: 2, within: 24 * HOUR } },
    }),
  });

type Waiting = {
  readonly id: string;
  readonly priority?: number;
  readonly readiness?: number;
  readonly due?: number;
};

const asksOf = (world: World, channel: Ask['channel'], all: readonly Waiting[]) =>
  all.map(({ id, priority = 50, readiness = 70, due = 0 }) =>
    anAskIn(world, { id, channel, readiness, dueAt: day(due), ownerEmail: OWNER, plan: { priority } }),
  );

/** What room is looked at for, in order. */
function queued({ tasks }: World) {
  const all: unknown[] = [];
  for (let task = tasks.take(); task !== undefined; task = tasks.take())
    all.push([(task.at - day(0)) / HOUR, task.rank, task.key, task.work]);
  return all;
}

describe('who waits', () => {
  const turns = (channel: Ask['channel'], all: readonly Waiting[]) => {
    const world = aSmallWorld();
    const asks = asksOf(world, channel, all);
    for (const ask of asks) waitForRoom(world, ask, day(0));
    const { waiting } = channel === 'draft' ? ownersLine(world, OWNER) : world.room.emails;
    return waiting.map(({ id }) => id).reverse();
  };
  const byTime = [
    { id: 'b', due: 1 },
    { id: 'd', due: 2 },
    { id: 'a', due: 1 },
    { id: 'c', due: 0 },
  ];

  test('with the emails goes by priority, then by when it was due, then by id', () => {
    expect(turns('email', byTime)).toEqual(['c', 'a', 'b', 'd']);
    expect(turns('email', byTime.toReversed())).toEqual(['c', 'a', 'b', 'd']);
    const first = { id: 'z', priority: 60, readiness: 1, due: 9 };
    const last = { id: '0', priority: 40, readiness: 99, due: 0 };
    expect(turns('email', [last, ...byTime, first])).toEqual(['z', 'c', 'a', 'b', 'd', '0']);
    expect(turns('email', [first, ...byTime, last])).toEqual(['z', 'c', 'a', 'b', 'd', '0']);
  });

  test('with an owner goes by readiness, then by when it was due, then by id', () => {
    const first = { id: 'z', priority: 1, readiness: 80, due: 9 };
    const last = { id: '0', priority: 99, readiness: 60, due: 0 };
    expect(turns('draft', [last, ...byTime, first])).toEqual(['z', 'c', 'a', 'b', 'd', '0']);
    expect(turns('draft', [first, ...byTime, last])).toEqual(['z', 'c', 'a', 'b', 'd', '0']);
  });

  test('has room looked for at once', () => {
    const world = aSmallWorld();
    const [email] = asksOf(world, 'email', [{ id: 'email' }]);
    const [draft] = asksOf(world, 'draft', [{ id: 'draft' }]);
    const { ownerEmail: _, ...nobodys } = anAskIn(world, { channel: 'draft' });
    for (const ask of [email, draft, nobodys]) if (ask !== undefined) waitForRoom(world, ask, day(0));
    expect(queued(world)).toEqual([
      [0, RANK.drafts, '', { kind: 'room', owner: '' }],
      [0, RANK.drafts, OWNER, { kind: 'room', owner: OWNER }],
      [0, RANK.emails, '', { kind: 'room', owner: undefined }],
    ]);
    expect(ownersLine(world, '').waiting).toEqual([nobodys]);
  });
});

describe('room', () => {
  const all = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

  test('is used by as many emails as the rate allows, and looked for when there is some again', () => {
    const world = aSmallWorld();
    const line = world.room.emails;
    line.waiting.push(...asksOf(world, 'email', all));
    const begun: string[] = [];
    const drain = (hours: number) =>
      drainEmails(world, day(0) + hours * HOUR, (_, ask, at) => {
        begun.push(ask.id);
        line.used.push(at);
      });
    drain(0);
    drain(0.5);
    expect([begun, queued(world)]).toEqual([
      ['c'],
      [[1, RANK.emails, '', { kind: 'room', owner: undefined }]],
    ]);
    drain(1);
    expect([begun, queued(world)]).toEqual([
      ['c', 'b'],
      [[2, RANK.emails, '', { kind: 'room', owner: undefined }]],
    ]);
    drain(2);
    expect([begun, queued(world)]).toEqual([['c', 'b', 'a'], []]);
  });

  test('of an owner is used by as many drafts as the rate allows, and as may be open', () => {
    const world = aSmallWorld();
    const line = ownersLine(world, OWNER);
    line.waiting.push(...asksOf(world, 'draft', all));
    const begun: string[] = [];
    const drain = (hours: number) =>
      drainDrafts(world, OWNER, day(0) + hours * HOUR, (_, ask, at) => {
        begun.push(ask.id);
        line.used.push(at);
        line.open += 1;
      });
    for (const hours of [0, 1, 2]) drain(hours);
    expect(begun).toEqual(['c', 'b']);
    line.open = 0;
    drain(2);
    expect(begun).toEqual(['c', 'b', 'a']);
    expect(queued(world)).toEqual([
      [1, RANK.drafts, OWNER, { kind: 'room', owner: OWNER }],
      [2, RANK.drafts, OWNER, { kind: 'room', owner: OWNER }],
    ]);
  });
});

describe('a trigger that makes too many asks', () => {
  const made = (
    ...asks: readonly { readonly trigger?: string; readonly kind?: Ask['kind']; readonly at: number }[]
  ) => {
    const world = aSmallWorld();
    for (const { at, ...ask } of asks)
      breakRunaway(world, anAskIn(world, { trigger: 'asks', ...ask, decidedAt: day(at) }), day(at));
    expect(world.pauses.map(({ trigger }) => trigger)).toEqual(
      world.tally.paused.map(({ trigger }) => trigger),
    );
    return world.tally.paused.map(({ trigger, at }) => [trigger, (at - day(0)) / (24 * HOUR)]);
  };

  test('is paused, once and for good', () => {
    expect(made({ at: 0 }, { at: 0.1 })).toEqual([]);
    expect(made({ at: 0 }, { at: 0.1 }, { at: 0.9 })).toEqual([['asks', 0.9]]);
    expect(made({ at: 0 }, { at: 0.1 }, { at: 0.2 }, { at: 0.3 })).toEqual([['asks', 0.2]]);
    expect(made({ at: 0 }, { at: 0.1 }, { at: 1 })).toEqual([]);
  });

  test('is no other trigger, nor one that says thanks', () => {
    expect(made({ at: 0 }, { at: 0.1 }, { at: 0.2, trigger: 'another' })).toEqual([]);
    expect(made({ at: 0, kind: 'thanks' }, { at: 0.1, kind: 'thanks' }, { at: 0.2, kind: 'thanks' })).toEqual(
      [],
    );
    const both = [0, 0.1, 0.2].flatMap((at) => [{ at }, { at, trigger: 'another' }]);
    expect(made(...both)).toEqual([
      ['asks', 0.2],
      ['another', 0.2],
    ]);
  });
});

test('events are counted from the first to the last, in whatever order they come', () => {
  const tally = createTally(day(-9), day(9));
  for (const on of [2, 1, 3, 2.5, -10, 10]) tallyEvent(tally, day(on));
  expect([tally.events, tally.firstAt, tally.lastAt]).toEqual([4, day(1), day(3)]);
});
