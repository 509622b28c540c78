import { describe, expect, test } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/engine/time.ts';
import { readSegment, type SegmentReading } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const reading: SegmentReading = { receivedAt: START, imported: false, trust: 'server' };
const read = (body: unknown, more: Partial<SegmentReading> = {}) =>
  readSegment(body, { ...reading, ...more });
const aTrack = (more: object = {}) => ({
  type: 'track',
  messageId: 'm1',
  userId: 'ada',
  event: 'Workflow Completed',
  timestamp: iso(START),
  ...more,
});
const only = (message: object, more: Partial<SegmentReading> = {}) => {
  const { events, rejections } = read(message, more);
  return events[0] ?? rejections[0];
};

describe('one Segment message', () => {
  test('a track event keeps its name, its person, its account and its properties', () => {
    expect(only(aTrack({ properties: { steps: 3 }, context: { groupId: 'acme' } }))).toEqual({
      id: 'segment:m1',
      source: 'segment',
      name: 'Workflow Completed',
      occurredAt: START,
      receivedAt: START,
      userId: 'ada',
      ownAccountId: 'acme',
      properties: { steps: 3 },
      imported: false,
      trust: 'server',
      flags: [],
    });
  });

  test('identify updates the person, under standard names too, with the zone of their browser', () => {
    const message = {
      type: 'identify',
      userId: 'ada',
      anonymousId: 'anon-1',
      traits: { firstName: 'Ada', createdAt: '2025-01-01' },
      context: { timezone: 'Europe/Paris', locale: 'fr-FR' },
    };
    expect(only(message)).toMatchObject({
      name: 'Person Updated',
      userId: 'ada',
      anonymousId: 'anon-1',
      properties: {
        firstName: 'Ada',
        first_name: 'Ada',
        created_at: '2025-01-01',
        timezone: 'Europe/Paris',
        locale: 'fr-FR',
      },
    });
  });

  test('group updates the account it names', () => {
    expect(only({ type: 'group', userId: 'ada', groupId: 'acme', traits: { seats: 12 } })).toMatchObject({
      name: 'Account Updated',
      ownAccountId: 'acme',
      userId: 'ada',
      properties: { seats: 12 },
    });
  });

  test.each([
    ['page', 'Page Viewed'],
    ['screen', 'Screen Viewed'],
  ])('%s is a view with its name', (type, name) => {
    const message = { type, userId: 'ada', name: 'Pricing', category: 'Docs', properties: { path: '/p' } };
    expect(only(message)).toMatchObject({
      name,
      properties: { name: 'Pricing', category: 'Docs', path: '/p' },
    });
  });

  test('alias ties the id from before to the user', () => {
    expect(only({ type: 'alias', previousId: 'before', userId: 'ada' })).toMatchObject({
      name: 'Person Updated',
      userId: 'ada',
      anonymousId: 'before',
      properties: {},
    });
  });

  test('the route says what a message is', () => {
    expect(only({ userId: 'ada', event: 'Song Played' }, { type: 'track' })).toMatchObject({
      name: 'Song Played',
    });
  });

  test('numbers as ids become text, and null is nobody', () => {
    expect(only(aTrack({ userId: 42, context: { groupId: 7 } }))).toMatchObject({
      userId: '42',
      ownAccountId: '7',
    });
    expect(only(aTrack({ userId: null, anonymousId: 'anon-1' }))).not.toHaveProperty('userId');
  });

  test.each([
    ['null'],
    ['undefined'],
    ['anonymous'],
    ['No response'],
    ['VISITOR-UNIQUE-ID'],
    ['0'],
    [0],
    [''],
  ])('the placeholder %j names nobody', (userId) => {
    expect(only(aTrack({ userId, anonymousId: 'anon-1' }))).not.toHaveProperty('userId');
    expect(only(aTrack({ userId }))).toMatchObject({
      reason: expect.stringContaining('expected a userId, an anonymousId or a group'),
    });
  });

  test('the account is looked for in the context, then the message, then the properties', () => {
    const everywhere = { context: { groupId: 'a' }, groupId: 'b', properties: { account_id: 'c' } };
    expect(only(aTrack(everywhere))).toMatchObject({ ownAccountId: 'a' });
    expect(only(aTrack({ ...everywhere, context: {} }))).toMatchObject({ ownAccountId: 'b' });
    expect(only(aTrack({ properties: { account_id: 'c' } }))).toMatchObject({ ownAccountId: 'c' });
  });

  test('what happened at an account needs no person', () => {
    const event = only(aTrack({ userId: undefined, event: 'Payment Failed', groupId: 'acme' }));
    expect(event).toMatchObject({ name: 'Payment Failed', ownAccountId: 'acme' });
    expect(event).not.toHaveProperty('userId');
  });

  test('a message without an id gets one of ours', () => {
    const [first, second] = read([aTrack({ messageId: undefined }), aTrack({ messageId: '' })]).events;
    expect(first?.flags).toContain('no_message_id');
    expect(first?.id).toMatch(/^segment:[0-9a-f-]{36}$/);
    expect(first?.id).not.toBe(second?.id);
  });
});

describe('a Segment batch', () => {
  test('lends its context, time and group to its messages', () => {
    const body = {
      batch: [{ ...aTrack(), timestamp: undefined }],
      context: { groupId: 'acme' },
      timestamp: iso(START - HOUR),
    };
    expect(read(body).events[0]).toMatchObject({ ownAccountId: 'acme', occurredAt: START - HOUR });
  });

  test('is corrected by the clock it was sent by', () => {
    const body = { batch: [aTrack({ timestamp: iso(START + DAY - SECOND) })], sentAt: iso(START + DAY) };
    expect(read(body).events[0]?.occurredAt).toBe(START - SECOND);
  });

  test('an import keeps its times and is marked', () => {
    const body = { batch: [aTrack({ timestamp: '2012-12-02T00:30:12.984Z' })], sentAt: iso(START + DAY) };
    expect(read(body, { imported: true }).events[0]).toMatchObject({
      imported: true,
      occurredAt: Date.parse('2012-12-02T00:30:12.984Z'),
    });
  });

  test('what Segment passes on has been corrected already', () => {
    const passedOn = aTrack({
      timestamp: iso(START - DAY),
      originalTimestamp: iso(START),
      sentAt: iso(START - HOUR),
    });
    expect(only(passedOn)).toMatchObject({ occurredAt: START - DAY });
  });

  test('takes the first 2,500 messages and says what was left out', () => {
    const batch = Array.from({ length: 2502 }, (_, index) => aTrack({ messageId: `m${index}` }));
    const { events, rejections } = read({ batch });
    expect(events).toHaveLength(2500);
    expect(rejections[0]?.reason).toContain(
      'got 2502 messages, expected at most 2500; the last 2 were left out',
    );
  });
});

describe('a message that cannot be taken', () => {
  test.each([
    [{ type: 'trak', userId: 'ada', event: 'X' }, 'type: got "trak", expected one of track'],
    [{ userId: 'ada', event: 'X' }, 'did you mean "track"?'],
    [{ type: 'delete', userId: 'ada' }, 'type: got "delete"; a deletion is not carried out from a stream'],
    [{ type: 'track', userId: 'ada' }, 'event: got nothing, expected the name of the event'],
    [{ type: 'track', userId: 'ada', event: '  ' }, 'event: got empty text'],
    [{ type: 'group', userId: 'ada' }, 'groupId: got nothing, a group message needs it'],
    [{ type: 'alias', 'Previous ID': 'x', userId: 'ada' }, '"Previous ID", did you mean previousId?'],
    [{ type: 'alias', previousId: 'x' }, 'userId: got nothing, an alias needs it'],
    [aTrack({ userId: { id: 1 } }), 'userId: got an object, expected text or a number'],
    [aTrack({ userId: 'x'.repeat(201) }), 'userId: got 201 characters, expected at most 200'],
    [aTrack({ userId: 'anon:x' }), 'does not begin with anon: or email:'],
    [aTrack({ userId: 2 ** 60 }), 'userId: the number has lost digits'],
    [aTrack({ messageId: 'm'.repeat(101) }), 'messageId: got 101 characters, expected at most 100'],
    [aTrack({ messageId: 'a\0' }), 'messageId: has a NUL character'],
    [aTrack({ messageId: '\ud800' }), 'messageId: has half of a surrogate pair'],
    [aTrack({ event: 'x'.repeat(201) }), 'event: got 201 characters'],
    [aTrack({ properties: [1] }), 'properties: got a list, expected an object'],
    [aTrack({ properties: { text: 'x'.repeat(33_000) } }), 'bytes, expected at most 32768'],
    [aTrack({ event: 'NPS Answered', properties: { score: 11 } }), 'properties.score: got 11'],
    ['track', 'message: got a string, expected an object'],
    [null, 'message: got nothing, expected an object'],
  ])('%j says why', (message, reason) => {
    const { events, rejections } = read([message, aTrack({ messageId: 'good' })]);
    expect(events.map(({ id }) => id)).toEqual(['segment:good']);
    expect(rejections[0]?.reason).toContain(reason);
  });

  test('is remembered by its id and without its keys', () => {
    const message = aTrack({ event: '', writeKey: 'wk_secret', context: { goodturn_token: 'ey.secret' } });
    const [{ messageId, excerpt } = { messageId: '', excerpt: '' }] = read(message).rejections;
    expect(messageId).toBe('m1');
    expect(excerpt).not.toContain('secret');
    expect(excerpt).toContain('"userId":"ada"');
  });
});
