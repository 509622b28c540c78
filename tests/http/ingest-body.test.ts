import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type IngestServer, postSegment, sendRaw, startIngest } from './ingest-server.ts';

const json = JSON.stringify({ writeKey: 'wk_test', batch: [{ type: 'track', userId: 'ada', event: 'X' }] });

let server: IngestServer;
beforeAll(async () => {
  server = await startIngest();
});
afterAll(() => server.close());
beforeEach(() => {
  server.forget();
});

const post = (body: Buffer | string, headers: Record<string, string> = {}) =>
  sendRaw(`${server.url}/v1/batch`, { headers, body });

describe('a body', () => {
  test.each<[string, Buffer, Record<string, string>]>([
    ['plain', Buffer.from(json), {}],
    ['gzip', gzipSync(json), { 'content-encoding': 'gzip' }],
    ['gzip without saying so', gzipSync(json), {}],
    ['deflate', deflateSync(json), { 'content-encoding': 'deflate' }],
    ['raw deflate', deflateRawSync(json), { 'content-encoding': 'deflate' }],
    ['brotli', brotliCompressSync(json), { 'content-encoding': 'br' }],
    ['with a byte order mark', Buffer.from(`\uFEFF${json}`), {}],
    ['as text/plain with a charset', Buffer.from(json), { 'content-type': 'text/plain;charset=UTF-8' }],
  ])('%s is read', async (_what, body, headers) => {
    expect((await post(body, headers)).status).toBe(200);
    expect(server.events()).toHaveLength(1);
  });

  test.each<[string, Buffer, Record<string, string>, number]>([
    ['cut short', gzipSync(json).subarray(0, 30), { 'content-encoding': 'gzip' }, 400],
    ['that is not what it says', Buffer.from(json), { 'content-encoding': 'br' }, 400],
    ['compressed twice', gzipSync(gzipSync(json)), { 'content-encoding': 'gzip' }, 400],
    ['in zstd', Buffer.from(json), { 'content-encoding': 'zstd' }, 415],
    ['in two encodings', gzipSync(json).subarray(1), { 'content-encoding': 'gzip, br' }, 415],
    ['in UTF-16', Buffer.from(json, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400],
  ])('%s is refused', async (_what, body, headers, status) => {
    expect((await post(body, headers)).status).toBe(status);
    expect(server.events()).toEqual([]);
  });

  test('larger than the limit gets its answer, announced or not', async () => {
    const large = 'x'.repeat(600 * 1024);
    expect((await post(large)).status).toBe(400);
    expect((await post(large, { 'transfer-encoding': 'chunked' })).status).toBe(400);
  });

  test('of deep brackets is one rejection', async () => {
    const deep = `{"writeKey":"wk_test","batch":[{"type":"track","userId":"ada","event":"X","properties":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    expect((await post(deep)).headers['x-rejected']).toBe('1');
  });

  test.each<[string, string]>([
    ['30,000 keys', `{${Array.from({ length: 30_000 }, (_, n) => `"key-${n}":1`).join(',')}}`],
    ['an endless list', `{"list":[${'0,'.repeat(200_000)}0]}`],
    ['one long word', `{"word":"${'x'.repeat(400_000)}"}`],
    ['lists in lists', `{"list":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
  ])('of %s is one rejection, and its neighbour is stored', async (_what, properties) => {
    const said = (event: string, more: string) =>
      `{"type":"track","userId":"ada","event":"${event}","properties":${more}}`;
    const answer = await post(
      `{"writeKey":"wk_test","batch":[${said('Bomb', properties)},${said('Fine', '{}')}]}`,
    );
    expect([answer.status, answer.headers['x-rejected']]).toEqual([200, '1']);
    expect(server.events()).toMatchObject([{ name: 'Fine' }]);
  });

  test('that says the same key twice means the last', async () => {
    await post('{"writeKey":"wk_test","batch":[{"type":"track","userId":"ada","event":"A","event":"B"}]}');
    expect(server.events()).toMatchObject([{ name: 'B' }]);
  });

  test('that breaks off is nobody’s error, and the next request is served', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"batch":`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await post(json)).status).toBe(200);
    expect(server.logged).toEqual([]);
  });

  test('with another key’s worth of garbage in its header is answered 401', async () => {
    expect((await post('{"batch":[]}', { authorization: 'Basic %%%' })).status).toBe(401);
    expect((await post('{"batch":[]}', { authorization: `Bearer ${'x'.repeat(5000)}` })).status).toBe(401);
  });
});

describe('POST /v1/nps', () => {
  const score = (body: unknown, headers = {}) => postSegment(server.url, '/v1/nps', body, headers);

  test('stores a score', async () => {
    const answer = await score({ score: 9, user_id: 'ada', account_id: 'acme' });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { success: true, duplicate: false }]);
    expect(server.events()).toMatchObject([{ name: 'NPS Answered', userId: 'ada', ownAccountId: 'acme' }]);
  });

  test('says which field is wrong, as problem+json', async () => {
    const answer = await score({ score: 11, user_id: 'ada' });
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 400,
      errors: [{ field: 'score', message: expect.stringContaining('got 11') }],
    });
    expect(server.events()).toEqual([]);
  });

  test.each(['', '{"score":', '[9]', '"nine"'])('says that the body is wrong when it is %j', async (body) => {
    const headers = { authorization: 'Bearer wk_test' };
    const answer = await sendRaw(`${server.url}/v1/nps`, { headers, body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).errors).toMatchObject([
      { field: 'body', message: expect.stringMatching(/^body: /) },
    ]);
  });

  test('is not for browsers', async () => {
    const answer = await sendRaw(`${server.url}/v1/nps`, {
      headers: { 'x-goodturn-key': 'pk_test' },
      body: '{"score":9,"user_id":"ada"}',
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'application/problem+json']);
    expect((await sendRaw(`${server.url}/v1/nps`, { body: '{"score":9,"user_id":"ada"}' })).status).toBe(401);
  });
});
