import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSegmentLine } from '../../src/sources/segment.ts';
import { createQuickReader } from '../../src/sources/segment-quick.ts';

const NOW = Date.UTC(2026, 5, 1);

const someId = fc.constantFrom(
  'ada',
  'ada',
  'ben',
  'cleo',
  ' ada',
  'anonymous',
  'email:ada@x.example',
  7,
  null,
);
const someWord = fc.constantFrom(
  'plan',
  'createdAt',
  'created_at',
  'account_id',
  '$goodturn_token',
  'nested',
);
const someValue = fc.constantFrom<unknown>('team', 12, 13, true, null, 'acme', 2 ** 60, { deep: 1 });
const someFields = fc.dictionary(someWord, someValue, { maxKeys: 3 });
const someMoment = fc.constantFrom(
  '2026-03-01T10:00:00.000Z',
  '2026-03-01T10:00:00.000Z',
  '2026-03-02T10:00:00.250Z',
  '2026-02-31T10:00:00.000Z',
  '2026-03-01T10:00:00Z',
  '2027-01-01T00:00:00.000Z',
);

const ordinary = {
  messageId: fc.constantFrom('m-1', 'm-2', 'm-3', 'goodturn:x', ''),
  timestamp: someMoment,
  userId: someId,
  event: fc.constantFrom('Workflow Completed', 'Page Viewed', 'NPS Answered', 'Ask Shown', ' padded ', ''),
};
const someMessage = fc.record(
  {
    ...ordinary,
    type: fc.constantFrom('track', 'page', 'identify', 'group', 'group', 'alias'),
    receivedAt: someMoment,
    anonymousId: someId,
    groupId: someId,
    context: fc.dictionary(
      fc.constantFrom('groupId', 'groupId', 'library', 'timezone'),
      fc.constantFrom<unknown>('acme', 'globex', 'Europe/Berlin', 7, null),
      { maxKeys: 2 },
    ),
    name: fc.constantFrom<unknown>('Reports', '', 7, null, {}),
    category: fc.constantFrom<unknown>('Docs', null, []),
    properties: fc.oneof({ weight: 5, arbitrary: someFields }, fc.constant(null)),
    traits: fc.oneof({ weight: 5, arbitrary: someFields }, fc.constant('none')),
  },
  { requiredKeys: ['type', 'messageId', 'timestamp', 'userId', 'event'] },
);

test('what is read quickly is read as it is carefully', () => {
  const quick = createQuickReader();
  let times = 0;
  fc.assert(
    fc.property(someMessage, fc.boolean(), (message, imported) => {
      const event = quick(message, { isPlain: true, now: NOW, imported });
      if (event === undefined) return;
      times += 1;
      const { events, rejections } = readSegmentLine(message, NOW, { imported });
      expect(rejections).toEqual([]);
      expect([event]).toEqual(events);
    }),
    { numRuns: 20_000 },
  );
  expect(times).toBeGreaterThan(150);
});

test.each([
  { type: 'track', event: 'Workflow Completed', properties: { items: 3 } },
  { type: 'page', name: 'Reports', properties: {} },
  { type: 'identify', traits: { email: 'ada@customer.example', firstName: 'Ada' } },
  { type: 'group', groupId: 'acme', traits: { createdAt: '2025-01-01', seats: 20 } },
])('an ordinary $type is read quickly', (message) => {
  const said = { messageId: 'm-1', timestamp: '2026-03-01T10:00:00.000Z', userId: 'ada', ...message };
  const event = createQuickReader()(said, { isPlain: true, now: NOW, imported: false });
  expect(event).toBeDefined();
  expect([event]).toEqual(readSegmentLine(said, NOW, { imported: false }).events);
});
