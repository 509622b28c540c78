import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { identify, joined, scored } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { mail: MAIL } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const post = (path: string, body: unknown) => house.secret('POST', path, body);
const count = async (table: string) =>
  (await house.db.pool.query(`select count(*)::int as n from ${table}`)).rows[0]?.n;

describe('suppressions', () => {
  test('are kept by a hash, never by the address itself', async () => {
    expect(
      (await post('/v1/suppressions', { addresses: ['Ada@Customer.example', 'ben@customer.example'] })).json,
    ).toEqual({ suppressed: 2 });
    const { rows } = await house.db.pool.query('select * from suppression');
    expect(JSON.stringify(rows)).not.toMatch(/customer\.example/i);
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    await house.runJobs();
    expect(house.mails).toEqual([]);
  });

  test('know a domain in its own letters and in ASCII for the same', async () => {
    await post('/v1/suppressions', { addresses: ['ada@bücher.example'] });
    const letters = identify('ada', { email: 'Ada@BÜCHER.example' });
    await house.send([...joined('ada', 'acme', START - DAY), letters, scored('ada', 10)]);
    await house.runJobs();
    expect(house.mails).toEqual([]);
    expect((await house.secret('GET', '/v1/accounts/acme')).json.people).toMatchObject([
      { email: 'Ada@BÜCHER.example', suppressed: 'all' },
    ]);
  });

  test('said twice are one, and the wider counts', async () => {
    await post('/v1/suppressions', { addresses: ['ada@customer.example'], scope: 'all' });
    await post('/v1/suppressions', { addresses: ['ada@customer.example'], scope: 'asks' });
    await house.send(joined('ada', 'acme'));
    expect((await house.secret('GET', '/v1/accounts/acme')).json.people).toMatchObject([
      { suppressed: 'all' },
    ]);
  });

  test.each([
    {},
    { addresses: [] },
    { addresses: ['no address'] },
    { addresses: ['a@b.example'], scope: 'some' },
    { addresses: 'a@b.example' },
  ])('%j is refused and changes nothing', async (body) => {
    const { status, json } = await post('/v1/suppressions', body);
    expect([status, json.type]).toEqual([400, 'about:blank']);
    expect(await count('suppression')).toBe(0);
  });

  test('with one faulty address among good ones are refused as a whole', async () => {
    expect(
      (await post('/v1/suppressions', { addresses: ['ada@customer.example', 'no address'] })).status,
    ).toBe(400);
    expect(await count('suppression')).toBe(0);
  });
});

describe('a pause', () => {
  test('can be put twice and lifted once', async () => {
    expect((await post('/v1/pause', { trigger: 'mail', by: 'sam' })).status).toBe(204);
    expect((await post('/v1/pause', { trigger: 'mail', until: '2026-02-01', by: 'lea' })).status).toBe(204);
    expect(await count('pause')).toBe(1);
    expect((await post('/v1/resume', { trigger: 'mail' })).json).toEqual({ resumed: 1 });
    expect((await post('/v1/resume', { trigger: 'mail' })).json).toEqual({ resumed: 0 });
  });

  test('of a trigger that there is not cannot be lifted, unless it left the catalog paused', async () => {
    const unknown = await post('/v1/resume', { trigger: 'mial' });
    expect([unknown.status, unknown.json.detail]).toEqual([
      404,
      expect.stringMatching(/^There is no trigger "mial"\. Known: .*mail/),
    ]);
    await house.db.pool.query("insert into pause (trigger, by, created_at) values ('gone', 'sam', now())");
    expect((await post('/v1/resume', { trigger: 'gone' })).json).toEqual({ resumed: 1 });
  });

  test('that would be over at once is refused', async () => {
    const { status, json } = await post('/v1/pause', { until: '2025-12-24' });
    const message = 'got 2025-12-24T00:00:00.000Z, which is past; expected an instant after now';
    expect([status, json.errors]).toEqual([400, [{ field: 'until', message }]]);
    expect(await count('pause')).toBe(0);
  });

  test('of everything outlasts the resuming of one trigger', async () => {
    await post('/v1/pause', {});
    await post('/v1/resume', { trigger: 'mail' });
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    await house.runJobs();
    expect(house.mails).toEqual([]);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain'])(
    'of one trigger is of that one, also when its body comes as %s',
    async (type) => {
      const headers = { 'content-type': type };
      const body = { trigger: 'mail' };
      expect((await house.call('POST', '/v1/pause', { key: 'sk_test', body, headers })).status).toBe(204);
      const { rows } = await house.db.pool.query('select trigger from pause');
      expect(rows).toEqual([{ trigger: 'mail' }]);
    },
  );

  test.each([{ until: 'tomorrow' }, { triger: 'mail' }, { trigger: 7 }])(
    '%j is refused and stops nothing',
    async (body) => {
      expect((await post('/v1/pause', body)).status).toBe(400);
      expect(await count('pause')).toBe(0);
    },
  );
});

describe('whoever looks after the service', () => {
  test('sees that it is alive and ready, and what a commit survives', async () => {
    expect((await house.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
    const { status, json } = await house.call('GET', '/readyz');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ready: true,
      database: { reachable: true },
      catalog: { version: 1 },
      mode: 'live',
    });
  });

  test.each([
    ['POST', '/v1/pause'],
    ['POST', '/v1/resume'],
    ['POST', '/v1/suppressions'],
    ['POST', '/v1/publish'],
    ['POST', '/v1/rollback'],
    ['POST', '/v1/people/ada/hold'],
    ['DELETE', '/v1/people/ada/hold'],
    ['POST', '/v1/accounts/acme/hold'],
  ])('needs the secret key for %s %s', async (method, path) => {
    expect((await house.call(method, path, { body: {} })).status).toBe(401);
    expect((await house.call(method, path, { key: 'wk_test', body: {} })).status).toBe(403);
  });

  test.each([
    ['/v1/pause', undefined],
    ['/v1/referrals', 'wk_test'],
    ['/v1/accounts/acme/hold', 'sk_other'],
    ['/v1/nudges/nudge_0/shown', undefined],
    ['/v1/backtests', 'pk_test'],
  ])('a body for %s is not read before the key (%s) is known to open it', async (path, key) => {
    const response = await fetch(`${house.url()}${path}`, {
      method: 'POST',
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      body: '{"no JSON',
    });
    expect(response.status).toBe(key === undefined || key === 'sk_other' ? 401 : 403);
  });

  test.each([
    ['/v1/pause', '{"trigger": ', 'body: expected a JSON object'],
    ['/v1/pause', '"mail"', 'body: expected a JSON object'],
    ['/v1/accounts/acme/hold', '{"until":"2026-05-01"}', 'reason: got nothing, expected text'],
    ['/v1/accounts/acme/hold', '{"until":"soon","reason":""}', 'until: got "soon", expected an instant like'],
    ['/v1/suppressions', '{"addresses":"ada"}', 'addresses: got "ada", expected a list'],
    ['/v1/suppressions', '{"addresses":["a@b.example","none"]}', 'addresses.1: expected one @'],
    ['/v1/suppressions', '{"addresses":[]}', 'addresses: got an empty list, expected at least 1 of them'],
    ['/v1/rollback', '{"version":"3"}', 'version: got "3", expected a number'],
    [
      '/v1/referrals/ref_0/stage',
      '{"stage":"wonn"}',
      'stage: got "wonn", expected one of clicked, submitted',
    ],
    ['/v1/publish', '{"nota":"x"}', 'nota: is not known here, expected one of note'],
  ])('says what came and what was expected: %s %s', async (path, body, said) => {
    const response = await fetch(`${house.url()}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test' },
      body,
    });
    expect(await response.json()).toMatchObject({ status: 400, detail: expect.stringContaining(said) });
  });

  test('is told plainly what a route does not know or cannot read', async () => {
    const unknown = await house.secret('GET', '/v1/nonsense');
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
    const broken = await fetch(`${house.url()}/v1/pause`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test', 'content-type': 'application/json' },
      body: '{"trigger": ',
    });
    expect(broken.status).toBe(400);
    const large = await post('/v1/pause', { reason: 'x'.repeat(200_000) });
    expect(large.status).toBe(413);
    expect(await count('pause')).toBe(0);
  });
});
