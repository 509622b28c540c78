import { expect, test } from 'vitest';
import { aCatalog, day } from '../../builders.ts';
import { anIdentify, aReport, playEach } from './histories.ts';

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
    expect(memoryOfAda(history, isCareful)?.latest).toEqual({ at: day(2), id: 'test:3' });
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
