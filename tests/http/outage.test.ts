import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined } from '../messages.ts';

const server = databases.find(({ kind }) => kind === 'postgres');

/** What stands between the service and its database, and can be cut. */
async function createWire(url: URL) {
  const ends = new Set<Socket>();
  let isCut = false;
  const wire: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(url.port || 5432), url.hostname);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) {
      ends.add(end);
      end
        .on('error', () => {})
        .on('close', () => {
          near.destroy();
          far.destroy();
        });
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => void wire.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = wire.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  const hangUp = () => {
    for (const end of ends) end.destroy();
  };
  return {
    url: through.href,
    /** Connections are taken and hung up on. */
    cut: async () => {
      isCut = true;
      hangUp();
    },
    /** Nobody listens. */
    refuse: async () => {
      const closed = new Promise((resolve) => wire.close(resolve));
      hangUp();
      await closed;
    },
    mend: async () => {
      isCut = false;
      if (!wire.listening) await listen(port);
    },
    close: () => wire.close(),
  };
}

describe.runIf(server?.available)('while the database cannot be reached', () => {
  let house: House;
  let wire: Awaited<ReturnType<typeof createWire>>;
  let end: () => Promise<void>;
  beforeAll(async () => {
    if (server === undefined) throw new Error('There is no PostgreSQL to test on.');
    const own = await server.open();
    wire = await createWire(new URL(String(own.pool.options.connectionString)));
    house = await openHouse(() => openDb({ DATABASE_URL: wire.url, DATA_DIR: '' }));
    await house.send(joined('ada', 'acme'));
    end = () => own.close();
  });
  afterAll(async () => {
    await wire.mend();
    await house.close();
    wire.close();
    await end();
  });

  test.each([
    ['hangs up', 'cut'],
    ['is not there', 'refuse'],
  ] as const)(
    'and %s: every answer says to try again, none that the service is broken; then all is as before',
    async (_, way) => {
      await wire[way]();
      for (const [method, path, body] of [
        ['GET', '/v1/accounts'],
        ['GET', '/v1/asks'],
        ['GET', '/v1/decisions'],
        ['GET', '/v1/rejections'],
        ['GET', '/v1/people/ada/export'],
        ['POST', '/v1/accounts/acme/hold', { until: '2099-01-01', reason: 'talks', by: 'sam' }],
        ['POST', '/v1/referrals', { advocate: 'ada', email: 'jo@lumen.example', company: 'Lumen' }],
        ['POST', '/v1/pause', {}],
      ] as const) {
        const answer = await house.secret(method, path, body);
        expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 503, '5']);
      }
      expect((await house.call('GET', '/r/abcdefghijkl')).status).toBe(503);
      await wire.mend();
      expect((await house.secret('GET', '/v1/accounts')).status).toBe(200);
    },
  );
});
