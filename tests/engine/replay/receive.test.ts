import { describe, expect, test } from 'vitest';
import type { Trigger } from '../../../src/engine/catalog.ts';
import { askIdOf } from '../../../src/engine/replay/ask-id.ts';
import { createReplay } from '../../../src/engine/replay/replay.ts';
import type { Reported } from '../../../src/engine/replay/world.ts';
import { DAY } from '../../../src/engine/time.ts';
import { aCatalog, aTrigger, day, someGuardrails } from '../../builders.ts';
import { anIdentify, aReport, WORKSPACE } from './histories.ts';

const guardrails = someGuardrails({ perAccount: { ...someGuardrails().perAccount, minimumTenure: 0 } });

/** A replay in which ada said who she is, in an account of her own. */
function begin(...triggers: readonly Partial<Trigger>[]) {
  const catalog = aCatalog({
    triggers: triggers.map((one) => aTrigger({ on: ['Kind Words'], ...one })),
    guardrails,
  });
  const replay = createReplay(catalog, { workspace: WORKSPACE });
  replay.receive(
    [anIdentify('ada', {}, { id: 'test:0', occurredAt: day(-1), ownAccountId: 'home' })],
    day(-1),
  );
  const asked = () => [...replay.world.asks.values()].map(({ trigger, cycle }) => [trigger, cycle]);
  return { ...replay, asked };
}

const praise = (id: string, ownAccountId: string, occurredAt = day(0)): Reported =>
  aReport({ id, name: 'Kind Words', ownAccountId, occurredAt });
const answer = (id: string, on: number): Reported =>
  aReport({ id, name: 'NPS Answered', occurredAt: day(on), properties: { score: 9, response_id: 'one' } });

describe('events that come together', () => {
  test('are folded in order of time before anything is decided', () => {
    const { receive, asked } = begin({ on: ['NPS Answered'], fresh: 9 * DAY });
    receive([answer('test:2', 2), answer('test:1', 1)], day(2));
    expect(asked()).toEqual([['promoter-email', 'test:1']]);
  });

  test('are decided of all accounts before any of them acts', () => {
    const { receive, asked } = begin({});
    receive([praise('test:2', 'globex'), praise('test:1', 'acme')], day(0));
    expect(asked()).toHaveLength(2);
  });

  test('count as having happened, and as of then', () => {
    const { receive, world } = begin({});
    receive([praise('test:1', 'acme', day(1)), praise('test:2', 'acme', day(2))], day(3));
    expect([world.tally.events, world.tally.firstAt, world.tally.lastAt, world.now]).toEqual([
      3,
      day(-1),
      day(2),
      day(3),
    ]);
    receive([praise('test:3', 'acme', day(1))], day(2));
    expect(world.now).toBe(day(3));
  });
});

describe('events of one instant', () => {
  test('are steps of their own, in the order of their ids', () => {
    const { receiveEach, asked } = begin({});
    receiveEach([praise('test:3', 'initech'), praise('test:2', 'globex'), praise('test:1', 'acme')], day(0));
    // Ada is asked once in a month.
    expect(asked()).toEqual([['promoter-email', 'test:1']]);
  });

  test('may each be more than the first says', () => {
    const { receiveEach, world } = begin({ on: [] });
    receiveEach([praise('test:1', 'acme')], day(0));
    const did = (id: string, name: string) => aReport({ id, name, occurredAt: day(1) });
    receiveEach([did('test:2', 'Report Opened'), did('test:3', 'Workflow Completed')], day(1));
    expect(world.accounts.get('acme')?.state.matched['activated']?.count).toBe(1);
  });

  test('of what changed hands come first', () => {
    const { receiveEach, asked } = begin({});
    const visitor = { nobody: true, nowhere: true, anonymousId: 'phone', name: 'Kind Words' } as const;
    receiveEach([aReport({ ...visitor, id: 'test:visit', occurredAt: day(0) })], day(0));
    const came = aReport({ id: 'test:9', anonymousId: 'phone', ownAccountId: 'acme', occurredAt: day(0.5) });
    receiveEach([praise('test:1', 'globex', day(0.5)), came], day(0.5));
    expect(asked()).toEqual([['promoter-email', 'test:visit']]);
  });
});

test('a card that is answered unseen is shown first, whatever the order', () => {
  const { receive, asked } = begin(
    { name: 'card', channel: 'nudge' },
    { name: 'after', kind: 'thanks', on: ['Ask Shown'] },
  );
  receive([praise('test:1', 'acme')], day(0));
  const id = askIdOf('nudge', 'acme', 'card', 'test:1');
  const told = (name: string, on: number) =>
    aReport({
      id: `test:${name}`,
      source: 'goodturn',
      name,
      occurredAt: day(on),
      properties: { ask_id: id },
    });
  receive([told('Ask Scheduled', 0)], day(0));
  expect(asked()).toEqual([['card', 'test:1']]);
  receive([told('Ask Accepted', 0.1), told('Ask Shown', 0.1)], day(0.1));
  expect(asked()).toEqual([
    ['card', 'test:1'],
    ['after', 'test:Ask Shown'],
  ]);
});
