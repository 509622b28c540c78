import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { type IngestServer, sendRaw, startIngest } from './ingest-server.ts';

const event = {
  uuid: 'u1',
  event: 'Invite Sent',
  distinct_id: 'ada',
  timestamp: '2026-01-07T10:00:00Z',
  properties: { role: 'Owner' },
};
const body = { api_key: 'phc_test_key', batch: [event] };
const json = JSON.stringify(body);
const base64 = Buffer.from(json).toString('base64');
const zipped = gzipSync(json);

let server: IngestServer;
let failure: unknown;
beforeEach(async () => {
  failure = undefined;
  server = await startIngest({ failing: () => failure });
});
afterEach(() => server.close());

const post = (path: string, sent: string | Buffer, headers: Record<string, string> = {}) =>
  sendRaw(`${server.url}${path}`, { headers: { 'content-type': 'text/plain', ...headers }, body: sent });

describe('PostHog capture', () => {
  test.each([
    '/e',
    '/e/',
    '/i/v0/e',
    '/i/v0/e/',
    '/capture',
    '/capture/',
    '/track/',
    '/engage/',
    '/batch',
    '/batch/',
  ])('%s takes events', async (path) => {
    const answer = await post(path, json);
    expect([answer.status, answer.text]).toEqual([200, '{"status":1}']);
    expect(server.events()).toHaveLength(1);
  });

  test.each<[string, string, string | Buffer, Record<string, string>]>([
    ['gzip that no header speaks of', '/e/', zipped, {}],
    ['gzip named by a header', '/batch/', zipped, { 'content-encoding': 'gzip' }],
    ['gzip that a proxy undid', '/batch/', json, { 'content-encoding': 'gzip' }],
    [
      'a form with base64',
      '/e/?compression=base64',
      `data=${encodeURIComponent(base64)}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'a form with its compression inside',
      '/e/',
      `compression=base64&data=${encodeURIComponent(base64)}`,
      {},
    ],
    ['a form whose plus signs are not escaped', '/e/', `data=${base64}`, {}],
    ['a form with JSON', '/e/', `data=${encodeURIComponent(json)}`, {}],
    ['a form with gzip in base64', '/e/', `data=${encodeURIComponent(zipped.toString('base64'))}`, {}],
    ['bare base64', '/e/?compression=base64', base64, {}],
    ['JSON after a byte order mark', '/e/', `\uFEFF${json}`, {}],
    ['one event', '/e/', JSON.stringify({ ...event, token: 'phc_test_key' }), {}],
    [
      'a list with the token inside',
      '/e/',
      JSON.stringify([{ ...event, properties: { token: 'phc_test_key' } }]),
      {},
    ],
    ['the token in the query', '/e/?token=phc_test_key', JSON.stringify([event]), {}],
  ])('understands %s', async (_what, path, sent, headers) => {
    expect((await post(path, sent, headers)).text).toBe('{"status":1}');
    expect(server.events()).toMatchObject([{ name: 'Invite Sent', userId: 'ada', id: 'posthog:u1' }]);
  });

  test.each(['/e/', '/batch/'])(
    'understands a GET of %s that carries its data in the query',
    async (path) => {
      const answer = await sendRaw(`${server.url}${path}?data=${encodeURIComponent(base64)}`, {
        method: 'GET',
      });
      expect(answer.text).toBe('{"status":1}');
      expect(server.events()).toHaveLength(1);
    },
  );

  test('corrects the clock by the query, as old clients say it', async () => {
    const now = Date.now();
    const late = {
      ...event,
      timestamp: new Date(now + 3_600_000 - 5000).toISOString(),
      properties: { token: 'phc_test_key' },
    };
    await post(`/e/?_=${now + 3_600_000}`, JSON.stringify([late]));
    const [stored] = server.events();
    expect((stored?.receivedAt ?? 0) - (stored?.occurredAt ?? 0)).toBe(5000);
  });

  test('keeps the good, counts the bad, and answers 200 all the same', async () => {
    const answer = await post(
      '/batch/',
      JSON.stringify({ ...body, batch: [event, { ...event, distinct_id: '' }] }),
    );
    expect([answer.status, answer.text, answer.headers['x-rejected']]).toEqual([200, '{"status":1}', '1']);
    expect(server.events()).toHaveLength(1);
  });

  test.each([
    [400, '{"api_key":"phc_test_key","batch":[]}', 'got no events'],
    [400, '{"api_key":"phc_test_key","batch":{}}', 'expected a list of events'],
    [400, 'certainly not', 'neither JSON nor base64'],
    [400, '', 'empty'],
    [401, JSON.stringify({ batch: [event] }), 'got none'],
    [401, JSON.stringify({ api_key: 'phc_other', batch: [event] }), 'not one of ours'],
    [401, JSON.stringify({ api_key: 'phx_personal', batch: [event] }), 'personal PostHog key'],
    [
      401,
      JSON.stringify([
        { ...event, properties: { token: 'phc_test_key' } },
        { ...event, properties: { token: 'phc_other' } },
      ]),
      'got 2 different ones',
    ],
  ])('answers %i to %s', async (status, sent, reason) => {
    const answer = await post('/e/', sent);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      type: expect.any(String),
      code: expect.any(String),
      detail: expect.stringContaining(reason),
    });
    expect(server.events()).toEqual([]);
  });

  test('old lz64 is refused by its name', async () => {
    expect((await post('/e/?compression=lz64', 'data=NobwRA')).text).toContain('lz64');
  });

  test('asks clients to come back when it is busy, never with 429', async () => {
    failure = new Refusal('busy', 'too much is waiting');
    expect((await post('/e/', json)).status).toBe(503);
  });

  test('2 MB are too much for one request, 20 MB for a batch', async () => {
    const big = (size: number) => JSON.stringify({ ...body, padding: 'x'.repeat(size) });
    expect((await post('/e/', big(2 * 1024 * 1024))).status).toBe(413);
    expect((await post('/batch/', big(3 * 1024 * 1024))).status).toBe(200);
    expect((await post('/batch/', big(20 * 1024 * 1024))).status).toBe(413);
  });
});

describe('PostHog capture v1', () => {
  test('takes the key as a bearer and names what it dropped', async () => {
    const bad = { ...event, uuid: 'u2', event: '' };
    const sent = JSON.stringify({ created_at: '2026-01-07T10:00:00Z', batch: [event, bad] });
    const answer = await post('/i/v1/analytics/events', sent, { authorization: 'Bearer phc_test_key' });
    expect(JSON.parse(answer.text).results).toMatchObject({
      u1: { result: 'ok' },
      u2: { result: 'drop', details: expect.stringContaining('event: got empty text') },
    });
  });
});

test('the publishable key as a bearer is where the newer transport puts it, and nowhere else', async () => {
  const publishable = { authorization: 'Bearer pk_test' };
  const sent = JSON.stringify({ batch: [event] });
  expect((await post('/batch/', sent, publishable)).status).toBe(401);
  expect((await post('/i/v1/analytics/events', sent, publishable)).status).toBe(200);
  expect(server.events()).toMatchObject([{ trust: 'public' }]);
});

describe('what PostHog clients ask for besides', () => {
  test.each([
    ['POST', '/flags/?v=2', { featureFlags: {}, errorsWhileComputingFlags: false }],
    ['POST', '/decide/?v=3', { featureFlags: {} }],
    [
      'GET',
      '/flags/definitions?token=phc_test_key&send_cohorts',
      { flags: [], group_type_mapping: {}, cohorts: {} },
    ],
    ['GET', '/api/feature_flag/local_evaluation?token=x', { flags: [] }],
    [
      'GET',
      '/array/phc_test_key/config',
      { token: 'phc_test_key', hasFeatureFlags: false, sessionRecording: false },
    ],
    ['GET', '/api/surveys/?token=phc_test_key', { surveys: [] }],
    ['POST', '/s/?compression=gzip-js', { status: 1 }],
  ])('%s %s is answered with nothing to do', async (method, path, expected) => {
    const answer = await sendRaw(`${server.url}${path}`, {
      method,
      body: method === 'POST' ? '{"token":"phc_test_key"}' : '',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject(expected);
    expect(server.events()).toEqual([]);
  });

  test('HEAD is answered where GET is, but not where it would store something', async () => {
    const head = (path: string) => sendRaw(`${server.url}${path}`, { method: 'HEAD' });
    const answer = await head('/flags/definitions');
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
      200,
      '',
      'application/json',
    ]);
    expect((await head(`/e/?data=${encodeURIComponent(base64)}`)).status).toBe(405);
    expect(server.events()).toEqual([]);
  });

  test('unchanged definitions are not sent again', async () => {
    const { headers } = await sendRaw(`${server.url}/flags/definitions`, { method: 'GET' });
    const again = await sendRaw(`${server.url}/flags/definitions`, {
      method: 'GET',
      headers: { 'if-none-match': String(headers['etag']) },
    });
    expect(again.status).toBe(304);
  });

  test('the settings come as a script too, with nothing of the path run in it', async () => {
    const { text, headers } = await sendRaw(`${server.url}/array/phc_test_key/config.js`, { method: 'GET' });
    expect(headers['content-type']).toContain('javascript');
    expect(text).toContain('window._POSTHOG_REMOTE_CONFIG["phc_test_key"]');
    expect((await sendRaw(`${server.url}/array/x%22%5D%29;alert(1)/config.js`, { method: 'GET' })).text).toBe(
      'not an ingest route',
    );
  });
});
