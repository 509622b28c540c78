import { describe, expect, test } from 'vitest';
import { readSegment, type SegmentReading } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';

const read = (message: object, sender: Partial<SegmentReading>) =>
  readSegment(
    { type: 'track', messageId: 'm1', event: 'Workflow Completed', ...message },
    { receivedAt: START, imported: false, trust: 'public', ...sender },
  );

const asAda: Partial<SegmentReading> = { trust: 'user', userId: 'ada' };
const withTokens: Partial<SegmentReading> = { userOf: (token) => (token === 'good' ? 'ada' : undefined) };

describe('what comes from a browser', () => {
  test('counts for the user whom its token names', () => {
    expect(read({ userId: 'ada' }, asAda).events[0]).toMatchObject({ trust: 'user', userId: 'ada' });
  });

  test('need not say which user that is', () => {
    expect(read({}, asAda).events[0]).toMatchObject({ trust: 'user', userId: 'ada' });
    expect(read({ context: { goodturn_token: 'good' } }, withTokens).events[0]).toMatchObject({
      userId: 'ada',
    });
    expect(read({ context: { goodturn_token: 'stale' } }, withTokens).rejections[0]?.reason).toBe(
      'userId: got nothing; expected a userId, an anonymousId or a group',
    );
  });

  test('by somebody anonymous is that user, and ties the two', () => {
    expect(read({ anonymousId: 'anon-1' }, asAda).events[0]).toMatchObject({
      trust: 'user',
      userId: 'ada',
      anonymousId: 'anon-1',
    });
  });

  test('about somebody else is refused', () => {
    expect(read({ userId: 'eve' }, asAda).rejections[0]?.reason).toBe(
      'userId: got "eve", expected the user whom the token names',
    );
  });

  test('without a token is public', () => {
    expect(read({ userId: 'ada' }, {}).events[0]).toMatchObject({ trust: 'public', flags: ['no_timestamp'] });
  });

  test('may carry its token in the event, which is not kept', () => {
    for (const place of [
      { context: { goodturn_token: 'good' } },
      { properties: { $goodturn_token: 'good', steps: 1 } },
    ]) {
      const [event] = read({ userId: 'ada', ...place }, withTokens).events;
      expect(event).toMatchObject({ trust: 'user', userId: 'ada' });
      expect(JSON.stringify(event)).not.toContain('good');
    }
  });

  test('with a token that is no good is public, and flagged', () => {
    const [event] = read({ userId: 'ada', context: { goodturn_token: 'stale' } }, withTokens).events;
    expect(event).toMatchObject({ trust: 'public', flags: expect.arrayContaining(['token_refused']) });
  });

  test.each([
    ['NPS Answered'],
    ['CSAT Answered'],
    ['Ticket Solved'],
    ['Payment Recovered'],
    ['Account Deleted'],
    ['Referral Won'],
    ['Ask Accepted'],
  ])('never counts as %s', (event) => {
    const [stored] = read({ userId: 'ada', event, properties: { score: 10 } }, asAda).events;
    expect(stored).toMatchObject({
      name: event,
      trust: 'public',
      flags: expect.arrayContaining(['needs_write_key']),
    });
  });

  test('cannot say what an account pays or who looks after it', () => {
    const traits = { name: 'Acme', seats: 900, csm_email: 'eve@evil.example', csmEmail: 'eve@evil.example' };
    const [event] = read({ type: 'group', userId: 'ada', groupId: 'acme', traits }, asAda).events;
    expect(event).toMatchObject({ trust: 'user', flags: expect.arrayContaining(['server_traits_dropped']) });
    expect(event?.properties).toEqual({ name: 'Acme' });
  });

  test('cannot speak of people by their address', () => {
    const message = { event: 'NPS Answered', properties: { score: 9, email: 'ada@customer.example' } };
    expect(read(message, {}).events).toEqual([]);
  });
});

test('what comes with the write key is believed whoever it is about', () => {
  expect(
    read({ userId: 'eve', event: 'NPS Answered', properties: { score: 3 } }, { trust: 'server' }).events[0],
  ).toMatchObject({ trust: 'server', userId: 'eve' });
});
