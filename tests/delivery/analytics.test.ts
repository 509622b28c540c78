import pino from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type AnalyticsConfig, createAnalytics, type OutgoingEvent } from '../../src/delivery/analytics.ts';
import { MOST_WAITING, OWN_EVENT_PROPERTY } from '../../src/delivery/outgoing.ts';
import { ECHO_MARK } from '../../src/sources/echo.ts';
import { startReceiver } from '../analytics-receiver.ts';

const log = pino({ level: 'silent' });
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function openReceiver(status?: () => number) {
  const started = await startReceiver(status);
  closing.push(started.close);
  return started;
}

async function analyticsFor(config: Partial<AnalyticsConfig>) {
  const analytics = await createAnalytics({ ACCOUNT_GROUP_TYPE: 'company', ...config }, log);
  closing.push(() => analytics.close());
  return analytics;
}

const segmentAt = (url: string) => ({ SEGMENT_WRITE_KEY: 'wk', SEGMENT_HOST: url });
const posthogAt = (url: string) => ({ POSTHOG_PROJECT_KEY: 'phc', POSTHOG_HOST: url });

const sent: OutgoingEvent = {
  id: 'goodturn:ask_1:sent',
  name: 'Ask Sent',
  at: Date.parse('2026-05-14T09:00:00.123Z'),
  accountId: 'acme',
  personId: 'u1',
  properties: { ask_id: 'ask_1', trigger: 'promoter-email', channel: 'email' },
};
const readiness: OutgoingEvent = {
  id: 'goodturn:readiness:acme:1',
  name: 'Account Updated',
  at: sent.at,
  accountId: 'acme',
  properties: { referral_readiness: 63.5 },
};

describe('Segment', () => {
  test('hears of an ask, marked as ours and with an id that is the same on every try', async () => {
    const receiver = await openReceiver();
    const analytics = await analyticsFor(segmentAt(receiver.url));
    expect(analytics.send(sent)).toBe(true);
    await analytics.flush();
    expect(receiver.events).toMatchObject([
      {
        type: 'track',
        event: 'Ask Sent',
        userId: 'u1',
        messageId: 'goodturn:ask_1:sent',
        timestamp: '2026-05-14T09:00:00.123Z',
        properties: { ask_id: 'ask_1', trigger: 'promoter-email', [OWN_EVENT_PROPERTY]: sent.id },
        context: { groupId: 'acme', goodturn: { event_id: sent.id } },
      },
    ]);
  });

  test('gets readiness as a trait of the account', async () => {
    const receiver = await openReceiver();
    const analytics = await analyticsFor(segmentAt(receiver.url));
    analytics.send(readiness);
    await analytics.flush();
    expect(receiver.events).toMatchObject([
      {
        type: 'group',
        groupId: 'acme',
        messageId: readiness.id,
        traits: { referral_readiness: 63.5, [OWN_EVENT_PROPERTY]: readiness.id },
      },
    ]);
    expect(receiver.events[0]).not.toHaveProperty('userId');
  });

  test('gets an id it takes, however long ours is', async () => {
    const receiver = await openReceiver();
    const analytics = await analyticsFor(segmentAt(receiver.url));
    analytics.send({ ...sent, id: `goodturn:${'x'.repeat(200)}` });
    await analytics.flush();
    expect(String(receiver.events[0]?.['messageId']).length).toBeLessThanOrEqual(100);
  });
});

describe('PostHog', () => {
  test('hears of an ask, marked as ours and with an id that is the same on every try', async () => {
    const receiver = await openReceiver();
    const analytics = await analyticsFor(posthogAt(receiver.url));
    analytics.send(sent);
    analytics.send({ ...sent, id: 'goodturn:ask_1:accepted' });
    await analytics.flush();
    analytics.send(sent);
    await analytics.flush();
    const [first, second, again] = receiver.events;
    expect(first).toMatchObject({
      event: 'Ask Sent',
      distinct_id: 'u1',
      timestamp: '2026-05-14T09:00:00.123Z',
      uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      properties: { ask_id: 'ask_1', $groups: { company: 'acme' }, [OWN_EVENT_PROPERTY]: sent.id },
    });
    expect(again?.['uuid']).toBe(first?.['uuid']);
    expect(second?.['uuid']).not.toBe(first?.['uuid']);
  });

  test('gets readiness as a property of the group, and no person for it', async () => {
    const receiver = await openReceiver();
    const analytics = await analyticsFor(posthogAt(receiver.url));
    analytics.send(readiness);
    await analytics.flush();
    expect(receiver.events).toMatchObject([
      {
        event: '$groupidentify',
        distinct_id: '$company_acme',
        properties: {
          $group_type: 'company',
          $group_key: 'acme',
          $group_set: { referral_readiness: 63.5, [OWN_EVENT_PROPERTY]: readiness.id },
        },
      },
    ]);
  });
});

test('our mark is the one by which what comes back is recognised', () => {
  expect(OWN_EVENT_PROPERTY).toBe(ECHO_MARK);
});

test('both hear the same, without anyone flushing', async () => {
  const [segment, posthog] = [await openReceiver(), await openReceiver()];
  const analytics = await analyticsFor({ ...segmentAt(segment.url), ...posthogAt(posthog.url) });
  analytics.send(sent);
  await vi.waitFor(() => expect([segment.events.length, posthog.events.length]).toEqual([1, 1]), {
    timeout: 5_000,
  });
});

test('closing sends what was waiting', async () => {
  const [segment, posthog] = [await openReceiver(), await openReceiver()];
  const analytics = await createAnalytics(
    { ACCOUNT_GROUP_TYPE: 'company', ...segmentAt(segment.url), ...posthogAt(posthog.url) },
    log,
  );
  for (let at = 0; at < 250; at += 1) analytics.send({ ...sent, id: `goodturn:${at}` });
  await analytics.close();
  expect(segment.events).toHaveLength(250);
  expect(posthog.events).toHaveLength(250);
});

test('an event with a fault costs that event only', async () => {
  const [segment, posthog] = [await openReceiver(), await openReceiver()];
  const analytics = await analyticsFor({ ...segmentAt(segment.url), ...posthogAt(posthog.url) });
  const { accountId: _, ...nowhere } = readiness;
  expect(analytics.send(nowhere)).toBe(true);
  analytics.send(sent);
  await analytics.flush();
  expect([segment.events.length, posthog.events.length]).toEqual([1, 1]);
});

test('with nothing configured nothing happens', async () => {
  const analytics = await analyticsFor({});
  expect(analytics.send(sent)).toBe(true);
  await analytics.flush();
});

describe('when analytics are down', () => {
  test('sending throws nothing, delays nothing and says nothing on the console', async () => {
    const noise = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
    const down = await openReceiver(() => 503);
    const analytics = await createAnalytics(
      { ACCOUNT_GROUP_TYPE: 'company', ...segmentAt(down.url), ...posthogAt(down.url) },
      log,
      400,
    );
    const before = performance.now();
    for (let at = 0; at < 100; at += 1) expect(analytics.send({ ...sent, id: `goodturn:${at}` })).toBe(true);
    expect(performance.now() - before).toBeLessThan(1000);
    await Promise.all([analytics.flush(), analytics.flush()]);
    await analytics.close();
    for (const spy of noise) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  test('no more than a bounded number waits; the rest is for another time', async () => {
    const down = await openReceiver(() => 503);
    const analytics = await createAnalytics(
      { ACCOUNT_GROUP_TYPE: 'company', ...segmentAt(down.url) },
      log,
      400,
    );
    const taken = Array.from({ length: MOST_WAITING + 50 }, (_, at) =>
      analytics.send({ ...sent, id: `goodturn:${at}` }),
    );
    expect(taken.filter(Boolean)).toHaveLength(MOST_WAITING);
    await analytics.close();
  });

  test('what could not be sent goes out when they are back', async () => {
    let status = 503;
    const receiver = await openReceiver(() => status);
    const analytics = await analyticsFor(segmentAt(receiver.url));
    analytics.send(sent);
    setTimeout(() => {
      status = 200;
    }, 800);
    await vi.waitFor(() => expect(receiver.events).toHaveLength(1), { timeout: 15_000, interval: 100 });
  });
});
