import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { START } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { track } from '../messages.ts';

// `npm run soak` brings as many as the plan says; the suite as many as any machine lets a process have open.
const long = process.env['SOAK'] === '1';
// Both ends are open in this process, which many machines let have 20,000 files.
const IDLE = long ? 9_000 : 400;
const SLOW = long ? 200 : 40;

describe('connections that mean no good', () => {
  let house: House;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    const [database] = databases;
    if (database === undefined) throw new Error('There is no database to test on.');
    house = await openHouse(database.open, { catalog: { triggers: {} } });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await house.close();
  });

  /** A connection that begins so; what it hears until it is closed is its answer. */
  const open = async (bytes: string) => {
    const socket = connect(Number(new URL(house.url()).port), '127.0.0.1');
    sockets.push(socket);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text) => {
      heard += text;
    });
    socket.on('error', () => {}); // a reset is as good an end as any
    const began = performance.now();
    const closed = once(socket, 'close').then(() => ({ heard, seconds: (performance.now() - began) / 1000 }));
    await once(socket, 'connect');
    socket.write(bytes);
    return { socket, closed };
  };

  /** Writes a byte now and then, so that it is never idle. */
  const drip = async (bytes: string, piece: string) => {
    const { socket, closed } = await open(bytes);
    const dripping = setInterval(() => socket.write(piece), 300);
    return closed.finally(() => clearInterval(dripping));
  };

  /** Some at a time: a connection that does not fit into the queue of those to be accepted hears nothing at all. */
  const many = async <T>(count: number, make: () => Promise<T>): Promise<T[]> => {
    const made: Promise<T>[] = [];
    while (made.length < count) {
      made.push(...Array.from({ length: Math.min(100, count - made.length) }, make));
      await sleep(10);
    }
    return Promise.all(made);
  };

  test('are closed when their time is over, and cost nobody else anything', {
    timeout: 120_000,
  }, async () => {
    const silent = many(IDLE, async () => (await open('')).closed);
    const slowHeaders = many(SLOW, () => drip('POST /v1/batch HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n'));
    const slowBodies = many(SLOW, () =>
      drip('POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{', ' '),
    );
    await sleep(500);
    const took: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const sentAt = performance.now();
      const event = track('ada', 'Report Shared', { id: `among-${n}`, at: START, account: 'acme' });
      const batch = await house.call('POST', '/v1/batch', { key: 'wk_test', body: { batch: [event] } });
      const poll = await house.as('ada', 'GET', '/v1/nudges?account_id=acme');
      expect([batch.status, poll.status]).toEqual([200, 200]);
      took.push(performance.now() - sentAt);
    }
    // Far from what one waits whom a full server keeps waiting, on the slowest machine.
    expect(took.sort((a, b) => a - b).at(-2)).toBeLessThan(3_000);
    const isTimedOut = /^(HTTP\/1\.1 408 |$)/;
    for (const { heard, seconds } of [...(await silent), ...(await slowHeaders)]) {
      expect(heard).toMatch(isTimedOut);
      expect(seconds).toBeLessThan(20); // 10, and what a busy machine adds
    }
    if (!long) return;
    for (const { heard, seconds } of await slowBodies) {
      expect(heard).toMatch(isTimedOut);
      expect(seconds).toBeLessThan(40);
    }
  });
});
