import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { START } from './builders.ts';
import { databases } from './databases.ts';
import { type House, openHouse } from './house.ts';
import { track } from './messages.ts';

const database = databases.filter(({ available }) => available).at(-1);

describe('a service that is told to stop', () => {
  let house: House;
  let sockets: Socket[];
  beforeEach(async () => {
    if (database === undefined) throw new Error('There is no database to test on.');
    house = await openHouse(database.open, { catalog: { triggers: {} } });
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await house.close();
  });

  const say = async (text: string): Promise<Socket> => {
    const socket = connect(Number(new URL(house.url()).port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };

  test('does so however busy its clients are, and has all that it acknowledged', async () => {
    const acked: string[] = [];
    const statuses = new Set<number>();
    let isOver = false;
    const client = async (name: number) => {
      for (let n = 0; !isOver; n += 1) {
        const id = `${name}-${n}`;
        const body = { batch: [track('ada', 'Report Shared', { id, at: START, account: 'acme' })] };
        const status = await house.call('POST', '/v1/batch', { key: 'wk_test', body }).then(
          (answer) => answer.status,
          () => undefined, // refused: nobody listens any more
        );
        if (status === undefined) return;
        statuses.add(status);
        if (status === 200) acked.push(`segment:${id}`);
      }
    };
    const clients = Promise.all([1, 2, 3, 4, 5].map(client));
    await expect.poll(() => acked.length, { timeout: 10_000 }).toBeGreaterThan(20);
    const stopping = house.service().stop();
    await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, 20_000))]);
    isOver = true;
    const later = acked.length;
    await clients;
    expect(acked.length).toBe(later); // the clients had nobody to talk to before they were told to end
    await stopping;
    expect([...statuses]).toEqual([200]);
    const { rows } = await house.db.pool.query<{ id: string }>('select id from event');
    const stored = new Set(rows.map(({ id }) => id));
    expect(acked.filter((id) => !stored.has(id))).toEqual([]);
  });

  test('waits for nobody who says nothing, or half of something', async () => {
    await say('');
    await say('POST /v1/batch HTTP/1.1\r\nhost: x\r\n');
    await say('POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"batch":');
    const began = performance.now();
    await house.service().stop();
    expect(performance.now() - began).toBeLessThan(9_000);
  });
});
