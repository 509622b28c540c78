import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { track } from '../messages.ts';
import { type IngestServer, sendRaw, startIngest } from './ingest-server.ts';

const EVENTS = 2500;

forEachDatabase('a database that stands still', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: {} } });
  });
  afterAll(() => house.close());

  /** Nothing is stored until it is let go. */
  async function stall(): Promise<() => Promise<void>> {
    const client = await house.db.pool.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE event_id IN ACCESS EXCLUSIVE MODE');
    return async () => {
      await client.query('COMMIT');
      client.release();
    };
  }

  const bodyOf = (messages: readonly object[]) => ({ key: 'wk_test', body: { batch: messages } });

  test('costs nothing that was acknowledged: what is too much is turned away at once, the rest is stored', async () => {
    const all = Array.from({ length: EVENTS }, (_, n) =>
      track('ada', 'Report Shared', { id: `kept-${n}`, at: START, account: 'acme' }),
    );
    const late = [track('ada', 'Report Shared', { id: 'late', at: START, account: 'acme' })];
    const letGo = await stall();
    // The same events again and again fill the queue, and cost little once it moves.
    const waiting = Array.from({ length: 8 }, () => house.call('POST', '/v1/batch', bodyOf(all)));
    const settled: number[] = [];
    for (const answer of waiting) void answer.then(({ status }) => settled.push(status));

    await expect.poll(() => house.deps().gatherer.isFull(), { timeout: 10_000 }).toBe(true);
    const segment = await house.call('POST', '/v1/batch', bodyOf(late));
    const postHog = await house.call('POST', '/batch/', {
      body: { api_key: 'wk_test', batch: [{ event: 'Report Shared', distinct_id: 'ada' }] },
    });
    expect(settled).toEqual([]);
    expect(segment).toMatchObject({ status: 503, json: { success: false } });
    expect(segment.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(postHog).toMatchObject({ status: 503, json: { type: 'server_error' } });
    // What asks nothing of the database is answered as ever.
    expect((await house.call('POST', '/flags/', { body: {} })).status).toBe(200);

    await letGo();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await house.call('POST', '/v1/batch', bodyOf(late))).status).toBe(200);
    const { rows } = await house.db.pool.query('select count(*)::int as n from event');
    expect(rows).toEqual([{ n: EVENTS + 1 }]);
  });

  test('for want of room on its disk stores nothing and says so, and takes the same again once there is some', async () => {
    await house.db.pool.query(`
      CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER no_room BEFORE INSERT ON event EXECUTE FUNCTION no_room()`);
    const batch = [track('ada', 'Report Shared', { id: 'roomy', at: START, account: 'acme' })];
    const stored = async () =>
      (await house.db.pool.query("select id from event where id = 'segment:roomy'")).rows.length;
    const refused = await house.call('POST', '/v1/batch', bodyOf(batch));
    expect([refused.status, await stored()]).toEqual([503, 0]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await house.secret('GET', '/v1/accounts/acme')).status).toBe(200);
    await house.db.pool.query('DROP TRIGGER no_room ON event; DROP FUNCTION no_room()');
    expect([(await house.call('POST', '/v1/batch', bodyOf(batch))).status, await stored()]).toEqual([200, 1]);
  });
});

describe('a connection', () => {
  let server: IngestServer;
  beforeAll(async () => {
    server = await startIngest();
  });
  afterAll(() => server.close());

  /** What is answered to bytes as they are, until the other side closes. */
  async function say(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let heard = '';
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
    socket.on('error', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    return heard;
  }

  test('with a header of 100 kB is turned away, and one with two requests at once gets two answers', async () => {
    const flags = (more: string) =>
      `POST /flags/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n${more}\r\n{}`;
    expect(await say(flags(`x-long: ${'x'.repeat(100_000)}\r\n`))).toMatch(/^HTTP\/1\.1 431 /);
    expect((await say(flags('') + flags('connection: close\r\n'))).match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });
});

describe('bodies whose events wait', () => {
  let server: IngestServer;
  let letGo = () => {};
  beforeAll(async () => {
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    server = await startIngest({ storing: () => gate });
  });
  afterAll(() => server.close());

  test('take so much memory and no more, however few events they hold', async () => {
    const body = JSON.stringify({
      api_key: 'wk_test',
      padding: 'x'.repeat(10 * 1024 * 1024),
      batch: [{ event: 'Report Shared', distinct_id: 'ada' }],
    });
    const send = () => sendRaw(`${server.url}/batch/`, { method: 'POST', body });
    const [first, second, third] = [send(), send(), send()];
    await expect.poll(() => server.requests.length).toBe(3);
    expect((await send()).status).toBe(503);
    letGo();
    expect(await Promise.all([first, second, third])).toMatchObject(Array(3).fill({ status: 200 }));
    expect((await send()).status).toBe(200);
  });
});
