import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined } from '../messages.ts';
import { CARD } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { card: CARD } } });
  await house.send([...joined('ada', 'acme'), ...joined('ben', 'acme')]);
});
afterAll(() => house.close());

const FOLDER = new URL('../../src/http/', import.meta.url);
/** Where a file's routes hang; all others hang under /v1. */
const MOUNTS: Readonly<Record<string, string>> = {
  'account-routes.ts': '/v1/accounts',
  'bounce-routes.ts': '',
  'nudge-routes.ts': '/v1/nudges',
};
/** For everybody, and told nothing secret. */
const OPEN = ['health-routes.ts', 'sdk-routes.ts'];
const SAMPLES: Readonly<Record<string, string>> = {
  ':user_id': 'ada',
  '${step}': 'edit',
  '${outcome}': 'accepted',
};

/** Every route of the API by what the source says: a new one is held to the same without anybody thinking of it. */
const routes = readdirSync(FOLDER)
  .filter((file) => file.endsWith('-routes.ts') && !OPEN.includes(file))
  .flatMap((file) => {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    return [...source.matchAll(/router\.(get|post|delete|put|patch)\(\s*['`]([^'`]+)['`]/g)].map(
      ([, method = '', path = '']) => ({
        file,
        method: method.toUpperCase(),
        path: `${MOUNTS[file] ?? '/v1'}${path}`.replace(/:\w+|\$\{\w+\}/g, (name) => SAMPLES[name] ?? 'acme'),
      }),
    );
  });
const isForUsers = ({ path }: { path: string }) => /^\/v1\/(nudges|advocates)\//.test(path);

const call = ({ method, path }: (typeof routes)[number], headers: Record<string, string>) =>
  house.call(method, path, { headers, ...(method === 'GET' ? {} : { body: {} }) });

test('the routes were found', () => {
  expect(routes.length).toBeGreaterThan(35);
  expect(routes.filter(isForUsers).map(({ path }) => path)).toEqual([
    '/v1/advocates/ada',
    '/v1/nudges/acme/accepted',
  ]);
});

describe.each(routes)('$method $path', (route) => {
  test('opens to nobody without a key, with another one, or with the right one in the wrong place', async () => {
    const ben = await house.token('ben');
    const refused = isForUsers(route) ? [401, 403, 404] : [401, 403];
    for (const headers of [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: 'Bearer wk_test' },
      { authorization: 'Bearer pk_test' },
      { authorization: `Bearer ${ben}` },
      { authorization: `Bearer ${ben}`, 'x-goodturn-key': 'pk_test' },
      { authorization: `Bearer ${ben}`, 'x-goodturn-key': 'sk_test' },
      { authorization: `Basic ${Buffer.from('x:sk_test').toString('base64')}` },
      { 'x-goodturn-key': 'sk_test' },
    ] as Record<string, string>[]) {
      const { status, json } = await call(route, headers);
      expect({ headers, status }).toEqual({ headers, status: refused.find((one) => one === status) });
      expect(json).toMatchObject({ type: 'about:blank', status });
    }
  });

  test('is kept by no cache, whatever it answers', async () => {
    const { headers } = await call(route, { authorization: 'Bearer sk_test' });
    if (!route.path.startsWith('/v1')) return;
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      'no-store',
      'nosniff',
    ]);
  });
});
