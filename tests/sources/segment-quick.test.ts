import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainText } from '../../src/sources/plain-text.ts';
import type { Intake } from '../../src/sources/reported.ts';
import { readSegment, readSegmentLine } from '../../src/sources/segment.ts';
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
      const event = quick.line(message, { isPlain: true, now: NOW, imported });
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

const ORDINARY = [
  { type: 'track', event: 'Workflow Completed', properties: { items: 3 } },
  { type: 'page', name: 'Reports', properties: {} },
  { type: 'identify', traits: { email: 'ada@customer.example', firstName: 'Ada' } },
  { type: 'group', groupId: 'acme', traits: { createdAt: '2025-01-01', seats: 20 } },
];

test.each(ORDINARY)('an ordinary $type is read quickly', (message) => {
  const said = { messageId: 'm-1', timestamp: '2026-03-01T10:00:00.000Z', userId: 'ada', ...message };
  const event = createQuickReader().line(said, { isPlain: true, now: NOW, imported: false });
  expect(event).toBeDefined();
  expect([event]).toEqual(readSegmentLine(said, NOW, { imported: false }).events);
});

/** A message without an id of its own gets another one each time. */
const nameless = ({ events, rejections }: Intake) => ({
  events: events.map((event) => (event.flags.includes('no_message_id') ? { ...event, id: '' } : event)),
  rejections,
});

const someRequest = fc.record(
  {
    sentAt: fc.constantFrom<unknown>(
      '2026-06-01T00:00:00.000Z',
      '2026-05-31T23:59:58Z',
      '2026-06-01T02:00:00.000Z',
      1_780_271_999,
      'never',
      null,
    ),
    context: fc.constantFrom<unknown>(
      undefined,
      undefined,
      { groupId: 'acme' },
      { timezone: 'Europe/Berlin' },
    ),
    timestamp: fc.constantFrom<unknown>(undefined, undefined, '2026-03-01T10:00:00.000Z', null),
  },
  { requiredKeys: [] },
);
const ordinarySent = fc.record(
  {
    type: fc.constantFrom('track', 'page', 'identify', 'group'),
    messageId: fc.constantFrom('m-1', 'm-2'),
    timestamp: fc.constantFrom('2026-03-01T10:00:00.000Z', '2026-05-31T23:59:59.250Z'),
    userId: fc.constantFrom('ada', 'ben', ' '),
    event: fc.constantFrom('Workflow Completed', 'NPS Answered'),
    groupId: fc.constantFrom('acme', 7),
    name: fc.constantFrom('Reports', 'm-\u0000'),
    properties: fc.constantFrom({ plan: 'team' }, { account_id: 'acme', items: 2 }),
    traits: fc.constantFrom({ plan: 'team', createdAt: 12 }, { timezone: 'Europe/Berlin' }),
    context: fc.constantFrom({ groupId: 'acme', timezone: 'Asia/Tokyo' }, { locale: 'en-GB' }),
    sentAt: fc.constantFrom<unknown>('2026-06-01T00:00:01.000Z', 'never', null),
  },
  { requiredKeys: ['type', 'messageId', 'timestamp', 'userId', 'event', 'groupId'] },
);
const someOddity = fc.record(
  {
    originalTimestamp: someMoment,
    receivedAt: someMoment,
    padding: fc.constantFrom<unknown>('x'.repeat(40_000), 'é'.repeat(17_000), [{ constructor: 1 }]),
  },
  { requiredKeys: [] },
);
const someSent = fc.oneof(
  { weight: 6, arbitrary: ordinarySent },
  { weight: 1, arbitrary: fc.tuple(someMessage, someOddity).map(([said, odd]) => ({ ...said, ...odd })) },
);

test('what a request says is read the same whether or not its text is plain', () => {
  let times = 0;
  const quick = createQuickReader();
  fc.assert(
    fc.property(
      fc.array(someSent, { maxLength: 4 }),
      fc.option(someRequest, { nil: undefined }),
      fc.constantFrom(undefined, undefined, 'track' as const, 'group' as const),
      (messages, request, type) => {
        const said = request === undefined ? messages : { batch: messages, ...request };
        const text = JSON.stringify(said);
        const body: unknown = JSON.parse(text);
        const reading = {
          trust: 'server',
          receivedAt: NOW,
          imported: false,
          ...(type && { type }),
        } as const;
        const isPlain = isPlainText(text);
        expect(nameless(readSegment(body, { ...reading, isPlain }))).toEqual(
          nameless(readSegment(body, reading)),
        );
        const facts = { receivedAt: NOW, sentAt: request?.sentAt, type };
        if (isPlain) for (const message of messages) if (quick.sent(message, facts) !== undefined) times += 1;
      },
    ),
    { numRuns: 4000 },
  );
  expect(times).toBeGreaterThan(150);
});

test.each(ORDINARY)('an ordinary $type that is sent is read quickly', (message) => {
  const context = { groupId: 'acme', timezone: 'Europe/Berlin', locale: 'en-GB', library: { name: 'x' } };
  const said = {
    messageId: 'm-1',
    timestamp: '2026-03-01T10:00:00.000Z',
    userId: 'ada',
    context,
    ...message,
  };
  const facts = { receivedAt: NOW, sentAt: '2026-06-01T00:00:00.100Z', type: undefined };
  const event = createQuickReader().sent(said, facts);
  expect(event).toBeDefined();
  const body = { batch: [said], sentAt: facts.sentAt };
  expect([event]).toEqual(readSegment(body, { trust: 'server', receivedAt: NOW, imported: false }).events);
});
