import { expect, test } from 'vitest';
import { type AskEventName, announce } from '../../../src/engine/replay/announce.ts';
import { accountOf } from '../../../src/engine/replay/world.ts';
import { storedAskEvent } from '../../../src/use-cases/ask-events.ts';
import { aMatch, aSignal, aTrigger, day } from '../../builders.ts';
import { anAskIn, aWorld } from './worlds.ts';

const NAMES: AskEventName[] = ['Ask Scheduled', 'Ask Shown', 'Ask Sent', 'Ask Ignored'];

test.each(NAMES)('%s of a replay is the event that live use stores', (name) => {
  const world = aWorld({}, { keep: { accounts: new Set(['acme']) } });
  const account = accountOf(world, 'acme');
  const ask = anAskIn(world, { channel: 'draft', kind: 'thanks', trigger: 'thanks-promoter' });
  announce(world, account, ask, name, day(1));
  const {
    ownAccountId: _,
    reportedPerson: __,
    trust: ___,
    flags: ____,
    ...event
  } = storedAskEvent(ask, name, day(1));
  expect(account.log).toEqual([event]);
});

test('an account takes it like any other event', () => {
  const shown = aSignal({ name: 'shown', evidence: { kind: 'happened', match: aMatch('Ask Shown') } });
  const world = aWorld({ signals: [shown], triggers: [aTrigger({ name: 'after', on: ['Ask Shown'] })] });
  const account = accountOf(world, 'acme');
  const ask = anAskIn(world);
  account.glances = [];
  announce(world, account, ask, 'Ask Shown', day(1));
  expect(account.state.matched['shown']?.count).toBe(1);
  expect(account.state.people).toEqual({});
  expect(account.agenda.openings['after']).toMatchObject([{ personId: 'ada', occurredAt: day(1) }]);
  expect([account.glances, account.log]).toEqual([undefined, undefined]);
});
