import { Analytics } from '@segment/analytics-node';
import { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const names = () => server.events().map(({ name }) => name);

describe('the official clients', () => {
  test('Segment’s delivers everything in one try', async () => {
    const analytics = new Analytics({ writeKey: 'wk_test', host: server.url, flushInterval: 50 });
    const faults: unknown[] = [];
    analytics.on('error', (fault) => faults.push(fault));
    analytics.identify({ userId: 'ada', traits: { email: 'ada@customer.example' } });
    analytics.group({ userId: 'ada', groupId: 'acme', traits: { seats: 5 } });
    analytics.track({
      userId: 'ada',
      event: 'Workflow Completed',
      context: { groupId: 'acme' },
      properties: { steps: 3 },
    });
    analytics.page({ userId: 'ada', name: 'Home' });
    analytics.screen({ userId: 'ada', name: 'Main' });
    analytics.alias({ userId: 'ada', previousId: 'before' });
    await analytics.closeAndFlush({ timeout: 5000 });
    expect(names()).toEqual([
      'Person Updated',
      'Account Updated',
      'Workflow Completed',
      'Page Viewed',
      'Screen Viewed',
      'Person Updated',
    ]);
    expect(
      server
        .events()
        .every(({ occurredAt, receivedAt, flags }) => receivedAt - occurredAt < 5000 && flags.length === 0),
    ).toBe(true);
    expect(faults).toEqual([]);
    expect(server.requests).toEqual(['POST /v1/batch']);
  });

  test('PostHog’s delivers everything in one try', async () => {
    const posthog = new PostHog('phc_test_key', { host: server.url, flushInterval: 0, flushAt: 100 });
    posthog.identify({ distinctId: 'ada', properties: { email: 'ada@customer.example' } });
    posthog.groupIdentify({ groupType: 'company', groupKey: 'acme', properties: { seats: 5 } });
    posthog.capture({
      distinctId: 'ada',
      event: 'Workflow Completed',
      groups: { company: 'acme' },
      properties: { steps: 3 },
    });
    posthog.alias({ distinctId: 'ada', alias: 'before' });
    await posthog.shutdown(5000);
    expect(names()).toEqual(['Person Updated', 'Account Updated', 'Workflow Completed', 'Person Updated']);
    expect(server.events()[2]).toMatchObject({
      userId: 'ada',
      ownAccountId: 'acme',
      properties: { steps: 3 },
    });
    expect(server.requests).toEqual(['POST /batch/']);
  });

  test('PostHog’s asks for flags and is content with none', async () => {
    const posthog = new PostHog('phc_test_key', {
      host: server.url,
      personalApiKey: 'phx_personal',
      featureFlagsPollingInterval: 1000,
      flushInterval: 0,
    });
    const faults: unknown[] = [];
    posthog.on('error', (fault) => faults.push(fault));
    await posthog.reloadFeatureFlags();
    expect(await posthog.getAllFlags('ada')).toEqual({});
    await posthog.shutdown(5000);
    expect(faults).toEqual([]);
    expect(server.requests.some((line) => line.includes('/flags'))).toBe(true);
  });
});
