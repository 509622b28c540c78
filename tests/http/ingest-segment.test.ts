import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { type IngestServer, postSegment, sendRaw, startIngest } from './ingest-server.ts';

const aTrack = {
  type: 'track',
  messageId: 'm1',
  userId: 'ada',
  event: 'Workflow Completed',
  timestamp: '2026-01-07T10:00:00Z',
};
const { type: _, ...untyped } = aTrack;

let server: IngestServer;
let failure: unknown;
beforeEach(async () => {
  failure = undefined;
  server = await startIngest({ failing: () => failure });
});
afterEach(() => server.close());

describe('the routes of Segment’s protocol', () => {
  test.each([
    ['/v1/track', untyped],
    ['/v1/t', aTrack],
    ['/v1/track/', aTrack],
    ['/v1/identify', { userId: 'ada', traits: {} }],
    ['/v1/i', { userId: 'ada' }],
    ['/v1/group', { userId: 'ada', groupId: 'acme' }],
    ['/v1/g', { userId: 'ada', groupId: 'acme' }],
    ['/v1/page', { userId: 'ada' }],
    ['/v1/p', { userId: 'ada' }],
    ['/v1/screen', { userId: 'ada' }],
    ['/v1/s', { userId: 'ada' }],
    ['/v1/alias', { userId: 'ada', previousId: 'before' }],
    ['/v1/a', { userId: 'ada', previousId: 'before' }],
    ['/v1/batch', { batch: [aTrack] }],
    ['/v1/b/', { batch: [aTrack] }],
    ['/v1/import', { batch: [aTrack] }],
  ])('%s stores and says so', async (path, body) => {
    const answer = await postSegment(server.url, path, body);
    expect([answer.status, answer.text]).toEqual([200, '{"success":true}']);
    expect(server.events()).toHaveLength(1);
    expect(server.events()[0]?.imported).toBe(path === '/v1/import');
  });

  test('good messages are kept, bad ones are counted', async () => {
    const answer = await postSegment(server.url, '/v1/batch', {
      batch: [aTrack, { ...aTrack, event: '' }, 7],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-rejected']).toBe('2');
    expect(server.events()).toHaveLength(1);
    expect(server.rejections()).toHaveLength(2);
  });

  test('an empty batch is fine', async () => {
    expect((await postSegment(server.url, '/v1/batch', { batch: [] })).status).toBe(200);
  });

  test.each([
    ['{"batch":[', 'body: not JSON'],
    ['', 'body: empty, expected JSON'],
    ['{"batch":{}}', 'batch: expected a list of messages'],
    ['null', 'batch: expected a list of messages'],
  ])('the body %j is refused in Segment’s form, and nothing is stored', async (body, reason) => {
    const answer = await postSegment(server.url, '/v1/batch', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      success: false,
      message: expect.stringContaining(reason),
    });
    expect(server.events()).toEqual([]);
  });

  test('another path is left to others', async () => {
    expect((await sendRaw(`${server.url}/v1/nudges`, { method: 'GET' })).text).toBe('not an ingest route');
    expect((await sendRaw(`${server.url}/v1/track/more`, {})).text).toBe('not an ingest route');
  });

  test('another method is refused with those there are', async () => {
    const answer = await sendRaw(`${server.url}/v1/track`, { method: 'PUT', body: '{}' });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST, OPTIONS']);
  });
});

describe('the key', () => {
  const body = { batch: [aTrack] };
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const send = (headers: Record<string, string>, extra: object = {}) =>
    sendRaw(`${server.url}/v1/batch`, { headers, body: JSON.stringify({ ...body, ...extra }) });

  test.each([
    ['as Basic auth', basic('wk_test:'), {}],
    ['as Basic auth without its colon', basic('wk_test'), {}],
    ['in the body', {}, { writeKey: 'wk_test' }],
    ['as a bearer', { authorization: 'Bearer wk_test' }, {}],
    ['in our own header', { 'x-goodturn-key': 'wk_test' }, {}],
  ])('%s opens the door', async (_where, headers: Record<string, string>, extra) => {
    expect((await send(headers, extra)).status).toBe(200);
    expect(server.events()[0]?.trust).toBe('server');
  });

  test.each([
    ['no key', {}, {}, 'got none'],
    ['a strange key', basic('wk_other:'), {}, 'not one of ours'],
    ['the secret key', { authorization: 'Bearer sk_test' }, {}, 'got a secret key'],
    ['a key that is no text', {}, { writeKey: { a: 1 } }, 'got none'],
    [
      'the publishable key where a user token belongs',
      { authorization: 'Bearer pk_test' },
      {},
      'expected it in X-Goodturn-Key',
    ],
  ])('with %s the answer is 401', async (_what, headers: Record<string, string>, extra, reason) => {
    const answer = await send(headers, extra);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text).message).toContain(reason);
    expect(server.events()).toEqual([]);
  });

  test.each([
    ["in Segment's Basic auth", basic('pk_test:'), {}],
    ['in the body', {}, { writeKey: 'pk_test' }],
    ['in our own header', { 'x-goodturn-key': 'pk_test' }, {}],
  ])('that is publishable, %s, stores events that nobody vouches for', async (_where, headers, extra) => {
    await send(headers, extra);
    expect(server.events()[0]?.trust).toBe('public');
  });
});

describe('when the store cannot', () => {
  test('it is busy, clients are asked to come back', async () => {
    failure = new Refusal('busy', 'too much is waiting');
    const answer = await postSegment(server.url, '/v1/batch', { batch: [aTrack] });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([503, 'server_error']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(server.logged).toEqual([]);
  });

  test('it fails, the answer is 500 and the log has one line without anybody’s data', async () => {
    failure = new Error('the disk is full');
    const answer = await postSegment(server.url, '/v1/batch?writeKey=x', { batch: [aTrack] });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('disk');
    expect(server.logged).toHaveLength(1);
    expect(server.logged[0]).toContain('the disk is full');
    expect(server.logged[0]).not.toMatch(/ada|writeKey/);
  });
});

describe('a browser', () => {
  const preflight = (origin: string, path = '/v1/t') =>
    sendRaw(`${server.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, posthog-attempt, x-evil',
      },
    });

  test('of an allowed origin may ask, of another not', async () => {
    await server.close();
    server = await startIngest({ environment: { ALLOWED_ORIGINS: 'https://app.customer.example' } });
    const allowed = await preflight('https://app.customer.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.customer.example',
      vary: 'Origin',
    });
    expect(allowed.headers['access-control-allow-headers']).toMatch(
      /authorization, content-type, x-retry-count.*posthog-attempt/,
    );
    expect(allowed.headers['access-control-allow-headers']).not.toContain('x-evil');
    expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');
    for (const origin of [
      'https://app.customer.example.evil.example',
      'http://app.customer.example',
      'null',
    ]) {
      expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('of any origin may ask when all are allowed', async () => {
    await server.close();
    server = await startIngest({ environment: { ALLOWED_ORIGINS: '*' } });
    expect((await preflight('https://x.example')).headers['access-control-allow-origin']).toBe('*');
    const answer = await sendRaw(`${server.url}/v1/t`, {
      headers: { origin: 'https://x.example', 'content-type': 'text/plain' },
      body: JSON.stringify({ ...aTrack, writeKey: 'pk_test' }),
    });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
  });

  test('is told where to send, and not to load anything else', async () => {
    await server.close();
    server = await startIngest({ environment: { BASE_URL: 'https://good.customer.example/turn' } });
    const answer = await sendRaw(`${server.url}/v1/projects/pk_test/settings`, { method: 'GET' });
    expect(JSON.parse(answer.text).integrations['Segment.io']).toMatchObject({
      apiKey: 'pk_test',
      apiHost: 'good.customer.example/turn/v1',
      protocol: 'https',
    });
    expect((await sendRaw(`${server.url}/v1/m`, { body: '{"series":[]}' })).text).toBe('{"success":true}');
    expect(server.events()).toEqual([]);
  });
});
