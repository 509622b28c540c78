import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined } from '../messages.ts';
import { CARD } from '../small-catalog.ts';
import { apiRoutes, withParameters } from './api-routes.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { card: CARD } } });
  await house.send([...joined('ada', 'acme'), ...joined('ben', 'acme')]);
});
afterAll(() => house.close());

const SAMPLES: Readonly<Record<string, string>> = {
  ':user_id': 'ada',
  '${step}': 'edit',
  '${outcome}': 'accepted',
};

const routes = apiRoutes.map((route) => ({
  ...route,
  path: withParameters(route, (name) => SAMPLES[name] ?? 'acme'),
}));
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
