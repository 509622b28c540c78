import { describe, expect, test } from 'vitest';
import { DAY, HOUR, SECOND } from '../../src/engine/time.ts';
import { ECHO_MARK } from '../../src/sources/echo.ts';
import { type PostHogReading, readPostHog } from '../../src/sources/posthog.ts';
import { START } from '../builders.ts';

const iso = (instant: number) => new Date(instant).toISOString();
const read = (body: unknown, more: Partial<PostHogReading> = {}) =>
  readPostHog(body, { receivedAt: START, trust: 'server', accountGroupType: 'company', ...more });
const anEvent = (properties: object = {}, more: object = {}) => ({
  uuid: 'u1',
  event: 'Invite Sent',
  distinct_id: 'ada',
  timestamp: iso(START),
  properties,
  ...more,
});
const only = (event: object) => {
  const { events, rejections } = read(event);
  return events[0] ?? rejections[0];
};

describe('one PostHog event', () => {
  test('keeps its name and what the product said, without the noise', () => {
    const properties = {
      role: 'Owner',
      gclid: null,
      note: null,
      token: 'phc_x',
      $lib: 'web',
      $ip: '1.2.3.4',
      $pathname: '/team',
      $groups: { company: 'acme', project: 'p' },
    };
    expect(only(anEvent(properties))).toEqual({
      id: 'posthog:u1',
      source: 'posthog',
      name: 'Invite Sent',
      occurredAt: START,
      receivedAt: START,
      userId: 'ada',
      ownAccountId: 'acme',
      properties: { role: 'Owner', note: null, $pathname: '/team' },
      imported: false,
      trust: 'server',
      flags: [],
    });
  });

  test('$identify updates the person and ties them to who they were', () => {
    const event = anEvent(
      {
        $set: { email: 'ada@customer.example', $os: 'x' },
        $set_once: { email: 'old@x.example', created_at: '2025-01-01' },
        $anon_distinct_id: 'anon-1',
      },
      { event: '$identify' },
    );
    expect(only(event)).toMatchObject({
      name: 'Person Updated',
      userId: 'ada',
      anonymousId: 'anon-1',
      properties: { email: 'ada@customer.example', created_at: '2025-01-01' },
    });
  });

  test('$create_alias ties the alias to the person', () => {
    expect(only(anEvent({ alias: 'before', distinct_id: 'ada' }, { event: '$create_alias' }))).toMatchObject({
      name: 'Person Updated',
      userId: 'ada',
      anonymousId: 'before',
      properties: {},
    });
  });

  test('$groupidentify updates the account, and its stand-in is nobody', () => {
    const event = anEvent(
      { $group_type: 'company', $group_key: 'acme', $group_set: { seats: 3 } },
      { event: '$groupidentify', distinct_id: '$company_acme' },
    );
    const update = only(event);
    expect(update).toMatchObject({ name: 'Account Updated', ownAccountId: 'acme', properties: { seats: 3 } });
    expect(update).not.toHaveProperty('userId');
  });

  test('a group of another type is no account', () => {
    const event = anEvent(
      { $group_type: 'project', $group_key: 'p', $group_set: { name: 'P' } },
      { event: '$groupidentify', distinct_id: '$project_p' },
    );
    const update = only(event);
    expect(update).toMatchObject({
      name: '$groupidentify',
      properties: { $group_type: 'project', $group_key: 'p' },
    });
    expect(update).not.toHaveProperty('ownAccountId');
  });

  test.each([
    ['it makes no profile', { $process_person_profile: false }],
    ['nobody is logged in', { $is_identified: false }],
    ['it is named like its device', { $device_id: 'ada' }],
  ])('is anonymous when %s', (_why, properties) => {
    const event = only(anEvent(properties));
    expect(event).toMatchObject({ anonymousId: 'ada' });
    expect(event).not.toHaveProperty('userId');
  });

  test('views are named after what was viewed', () => {
    expect(only(anEvent({ title: 'Team', $pathname: '/team' }, { event: '$pageview' }))).toMatchObject({
      name: 'Page Viewed',
      properties: { name: 'Team', $pathname: '/team' },
    });
    expect(only(anEvent({ $screen_name: 'Home' }, { event: '$screen' }))).toMatchObject({
      name: 'Screen Viewed',
      properties: { name: 'Home' },
    });
  });

  test('that also sets something about the person says both', () => {
    const { events } = read(anEvent({ role: 'Owner', $set: { plan: 'pro' } }));
    expect(events.map(({ id, name, properties }) => [id, name, properties])).toEqual([
      ['posthog:u1', 'Invite Sent', { role: 'Owner' }],
      ['posthog:u1:set', 'Person Updated', { plan: 'pro' }],
    ]);
  });

  test.each([
    [42, '42'],
    [['a', 1], '["a",1]'],
    [{ id: 'a' }, '{"id":"a"}'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('the distinct id %j becomes text', (distinctId, userId) => {
    expect(only(anEvent({}, { distinct_id: distinctId }))).toMatchObject({ userId });
  });

  test('finds its distinct id wherever it is', () => {
    for (const place of [{ $distinct_id: 'bo' }, { properties: { distinct_id: 'bo' } }]) {
      expect(only({ uuid: 'u1', event: 'X', ...place })).toMatchObject({ userId: 'bo' });
    }
  });

  test('without a uuid is known by its content, if it says when it was', () => {
    const id = (more: object) => read(anEvent({}, { uuid: '', ...more })).events[0]?.id;
    expect(id({})).toBe(id({}));
    expect(id({})).not.toBe(id({ event: 'Other' }));
    expect(id({ timestamp: undefined })).not.toBe(id({ timestamp: undefined }));
  });

  test.each([
    [anEvent({}, { distinct_id: null }), 'distinct_id: got nothing'],
    [anEvent({}, { distinct_id: '' }), 'distinct_id: got ""'],
    [anEvent({}, { distinct_id: 'undefined' }), 'names nobody'],
    [anEvent({}, { distinct_id: 'a\0b' }), 'distinct_id: has a NUL'],
    [anEvent({}, { event: undefined }), 'event: got nothing, expected the name'],
    [anEvent({}, { uuid: {} }), 'uuid: got an object'],
    [anEvent({}, { properties: 'x' }), 'properties: got a string'],
    [anEvent({ text: 'x'.repeat(33_000) }), 'properties: got 33011 bytes'],
    [anEvent({}, { event: '$create_alias' }), 'properties.alias: got nothing'],
    [anEvent({ $group_type: 'company' }, { event: '$groupidentify' }), 'properties.$group_key: got nothing'],
    [anEvent({ score: '11' }, { event: 'NPS Answered' }), 'properties.score: got "11"'],
    [7, 'event: got a number'],
  ])('%j is refused with its reason', (event, reason) => {
    const { events, rejections } = read({ batch: [event, anEvent({}, { uuid: 'good' })] });
    expect(events.map(({ id }) => id)).toEqual(['posthog:good']);
    expect(rejections[0]?.reason).toContain(reason);
  });

  test('poison in noise that is thrown away costs nothing', () => {
    expect(read(anEvent({ $elements: [{ text: 'a\0b' }], steps: 1 })).events[0]?.properties).toEqual({
      steps: 1,
    });
  });

  test('our own that comes back is left aside', () => {
    expect(read(anEvent({ [ECHO_MARK]: 'goodturn:a:shown' }, { event: 'Ask Shown' }))).toEqual({
      events: [],
      rejections: [],
    });
    const group = {
      $group_type: 'company',
      $group_key: 'acme',
      $group_set: { referral_readiness: 3, [ECHO_MARK]: 'x' },
    };
    expect(read(anEvent(group, { event: '$groupidentify' }))).toEqual({ events: [], rejections: [] });
  });
});

describe('a PostHog request', () => {
  test('is corrected by when it was sent, wherever that is said', () => {
    const event = anEvent({}, { timestamp: iso(START + DAY - SECOND) });
    const at = START - SECOND;
    expect(read({ batch: [event], sent_at: iso(START + DAY) }).events[0]?.occurredAt).toBe(at);
    expect(read([event], { sentAt: String(START + DAY) }).events[0]?.occurredAt).toBe(at);
    expect(read({ created_at: iso(START + DAY), batch: [event] }).events[0]?.occurredAt).toBe(at);
  });

  test('is not corrected when the client forbids it', () => {
    const event = anEvent({ $ignore_sent_at: true }, { timestamp: iso(START - HOUR) });
    expect(read({ batch: [event], sent_at: iso(START - DAY) }).events[0]?.occurredAt).toBe(START - HOUR);
  });

  test('counts back from now when it only says how long ago', () => {
    expect(read([anEvent({}, { timestamp: undefined, offset: 3000 })]).events[0]?.occurredAt).toBe(
      START - 3000,
    );
  });

  test('of history is marked and keeps its times', () => {
    const event = anEvent({}, { timestamp: '2012-12-02T00:30:12.984Z' });
    expect(
      read({ historical_migration: true, batch: [event], sent_at: iso(START + DAY) }).events[0],
    ).toMatchObject({
      imported: true,
      occurredAt: Date.parse('2012-12-02T00:30:12.984Z'),
    });
  });

  test('of capture v1 says in its options what is anonymous', () => {
    expect(
      read({ batch: [anEvent({}, { options: { process_person_profile: false } })] }).events[0],
    ).toMatchObject({ anonymousId: 'ada' });
  });

  test('to /engage updates a person', () => {
    expect(
      only({ $token: 'phc_x', $distinct_id: 'ada', $set: { email: 'ada@customer.example' } }),
    ).toMatchObject({
      name: 'Person Updated',
      userId: 'ada',
      properties: { email: 'ada@customer.example' },
    });
  });

  test('of more than 10,000 events says what was left out', () => {
    const batch = Array.from({ length: 10_001 }, (_, index) => anEvent({}, { uuid: `u${index}` }));
    const { events, rejections } = read({ batch });
    expect(events).toHaveLength(10_000);
    expect(rejections[0]?.reason).toContain('the last 1 were left out');
  });
});
