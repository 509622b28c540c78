import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { mail: MAIL, card: CARD } } });
  const sam = { name: 'Acme Inc', plan: 'team', csm_email: 'Sam@vendor.example' };
  await house.send([
    ...joined('ada', 'acme', START - DAY, sam),
    track('ada', 'Workflow Completed'),
    scored('ada', 10),
    ...joined('ben', 'birch', START - DAY, { csm_email: 'lea@vendor.example' }),
    track('ben', 'Workflow Completed', { at: START - DAY }),
    ...joined('cora', 'cedar'),
    ...joined('dora', 'dune'),
  ]);
});
afterAll(() => house.close());

const get = (path: string) => house.secret('GET', path);

test('an owner outside the team is not believed, and the account says so', async () => {
  await house.send(joined('eve', 'elm', START, { csm_email: 'mallory@evil.example' }));
  const { json } = await get('/v1/accounts/elm');
  expect(json.flags).toEqual([{ flag: 'owner_outside_team', what: 'mallory@evil.example' }]);
  expect((await get('/v1/accounts/acme')).json.flags).toEqual([]);
  await house.db.pool.query(`delete from account where id = 'elm'`);
});

test('tells traits as they were sent, also what is inside them', async () => {
  const traits = { plan: 'team', billing: { currency: 'EUR' }, regions: ['eu', 'us'], cleared: null };
  await house.send(joined('eve', 'elm', START, traits));
  const { json } = await get('/v1/accounts/elm');
  expect(json.traits).toMatchObject({ plan: 'team', billing: { currency: 'EUR' }, regions: ['eu', 'us'] });
  expect(json.traits).not.toHaveProperty('cleared');
  await house.db.pool.query(`delete from account where id = 'elm'`);
});

test('calls somebody whose name nobody told by their user id', async () => {
  await house.send([scored('u-17', 10, { account: 'elm' })]);
  const { json } = await get('/v1/accounts/elm');
  expect(json.contributions).toMatchObject([{ signal: 'promoter', says: 'u-17 gave a 10' }]);
  await house.db.pool.query(`delete from account where id = 'elm'`);
});

describe('the list of accounts', () => {
  const ids = ({ json }: { json: { accounts: { id: string }[] } }) => json.accounts.map(({ id }) => id);

  test('has the readiest first', async () => {
    const answer = await get('/v1/accounts');
    expect(ids(answer)).toEqual(['acme', 'birch', 'cedar', 'dune']);
    expect(answer.json.accounts[0]).toEqual({
      id: 'acme',
      name: 'Acme Inc',
      owner: expect.stringMatching(/sam@vendor.example/i),
      readiness: expect.closeTo(85, 0),
      evaluated_at: new Date(START).toISOString(),
    });
  });

  test('can be had in pages that miss and repeat nobody', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await get(`/v1/accounts?limit=1${cursor}`);
      seen.push(...ids(page));
      cursor = page.json.cursor === null ? '' : `&cursor=${page.json.cursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(['acme', 'birch', 'cedar', 'dune']);
  });

  test('refuses a cursor that it never gave, by its name', async () => {
    const { status, json } = await get('/v1/accounts?cursor=nonsense');
    expect([status, json.errors]).toEqual([400, [{ field: 'cursor', message: expect.any(String) }]]);
  });

  test('can be narrowed by readiness and by owner, however the address is written', async () => {
    expect(ids(await get('/v1/accounts?min_readiness=60'))).toEqual(['acme']);
    expect(ids(await get('/v1/accounts?owner=sam@vendor.example'))).toEqual(['acme']);
    expect(ids(await get('/v1/accounts?owner=LEA@vendor.example'))).toEqual(['birch']);
  });

  test.each(['min_readiness=much', 'limit=0', 'limit=1000', 'cursor=nonsense'])(
    'refuses %s and says which field',
    async (query) => {
      const { status, json } = await get(`/v1/accounts?${query}`);
      expect(status).toBe(400);
      expect(json.errors.length).toBeGreaterThan(0);
    },
  );
});

describe('one account', () => {
  test('says how ready it is and why, who is in it and what it was asked', async () => {
    const { json } = await get('/v1/accounts/acme');
    expect(json).toMatchObject({
      id: 'acme',
      name: 'Acme Inc',
      contributions: [
        { signal: 'promoter', says: expect.stringMatching(/^Ada.* gave a 10$/) },
        { signal: 'activated', says: 'They work with it' },
      ],
      dampers: [],
      traits: { plan: 'team' },
      hold: null,
      people: [{ id: 'ada', name: 'Ada Grace', email: 'ada@customer.example', suppressed: null }],
      asks: [{ trigger: 'mail', person: 'ada' }],
      referrals: [],
    });
    const points = json.contributions.map(({ points: value }: { points: number }) => value);
    expect(points[0] + points[1]).toBeCloseTo(json.readiness, 9);
  });

  test('that nobody has heard of is not found', async () => {
    const { status, json } = await get('/v1/accounts/unknown');
    expect([status, json.detail]).toEqual([404, expect.stringContaining('unknown')]);
    expect((await get('/v1/accounts/unknown/why')).status).toBe(404);
  });

  test('shows a hold and who put it there', async () => {
    const body = { until: '2026-03-01T00:00:00Z', reason: 'a merger', by: 'sam' };
    expect((await house.secret('POST', '/v1/accounts/dune/hold', body)).status).toBe(204);
    expect((await get('/v1/accounts/dune')).json.hold).toEqual({
      until: '2026-03-01T00:00:00.000Z',
      reason: 'a merger',
      by: 'sam',
    });
    expect((await house.secret('DELETE', '/v1/accounts/dune/hold')).status).toBe(204);
    expect((await get('/v1/accounts/dune')).json.hold).toBeNull();
  });

  test.each([
    {},
    { until: 'soon', reason: 'x' },
    { until: '2026-03-01' },
    { until: '2026-03-01', reason: 'x', because: 'y' },
    { until: '2025-12-24', reason: 'over before it begins' },
  ])('is not held by %j', async (body) => {
    expect((await house.secret('POST', '/v1/accounts/acme/hold', body)).status).toBe(400);
    expect((await get('/v1/accounts/acme')).json.hold).toBeNull();
  });

  test('that does not exist cannot be held', async () => {
    const body = { until: '2026-03-01', reason: 'x' };
    expect((await house.secret('POST', '/v1/accounts/unknown/hold', body)).status).toBe(404);
    expect((await house.secret('POST', '/v1/people/unknown/hold', body)).status).toBe(404);
  });
});

test.each([
  [
    '/v1/accounts?min_redines=50',
    'min_redines',
    'is not known here, expected one of min_readiness, owner, cursor, limit',
  ],
  ['/v1/accounts?min_readiness=high', 'min_readiness', 'got "high", expected a number'],
  ['/v1/accounts?limit=0', 'limit', 'got "0", expected at least 1'],
  ['/v1/accounts?limit=1&limit=2', 'limit', 'got a list, expected a number'],
  [
    '/v1/asks?acount_id=acme',
    'acount_id',
    'is not known here, expected one of account_id, trigger, limit, status, person_id',
  ],
])('%s is refused and says why', async (path, field, message) => {
  const { status, json } = await get(path);
  expect([status, json.errors]).toEqual([400, [{ field, message }]]);
  expect(json.detail).toBe(`${field}: ${message}`);
});

test('what stands empty behind the ? is absent', async () => {
  const all = (await get('/v1/accounts')).json;
  expect((await get('/v1/accounts?min_readiness=&owner=&cursor=')).json).toEqual(all);
});

describe('why an account is not asked', () => {
  type Gate = { gate: string; passes: boolean; because: string; could_pass_at: string | null };
  const holding = (gates: readonly Gate[]) => gates.filter(({ passes }) => !passes);

  test('is said gate by gate for every trigger, in words, with when it could be', async () => {
    const { json } = await get('/v1/accounts/acme/why');
    expect(json.triggers.map(({ trigger }: { trigger: string }) => trigger).sort()).toEqual(['card', 'mail']);
    const card = json.triggers.find(({ trigger }: { trigger: string }) => trigger === 'card');
    expect(card.verdict).toBe('hold');
    expect(holding(card.gates).map(({ gate }) => gate)).toContain('per_account.asks');
    for (const { because } of card.gates) expect(because).not.toBe('');
  });

  test('can be asked of one trigger, and of none that there is not', async () => {
    const { json } = await get('/v1/accounts/cedar/why?trigger=mail');
    expect(json.triggers).toMatchObject([{ trigger: 'mail', verdict: 'hold' }]);
    expect(holding(json.triggers[0].gates)).toContainEqual(
      expect.objectContaining({ gate: 'on', because: 'waiting for NPS Answered' }),
    );
    const unknown = await get('/v1/accounts/cedar/why?trigger=male');
    expect([unknown.status, unknown.json.detail]).toEqual([404, expect.stringContaining('mail')]);
  });

  test('changes nothing, however often it is asked', async () => {
    const read = async () => (await house.db.pool.query('select * from account order by id')).rows;
    const before = await read();
    for (const id of ['acme', 'birch', 'cedar']) await get(`/v1/accounts/${id}/why`);
    expect(await read()).toEqual(before);
  });
});

test.each([
  '/v1/accounts',
  '/v1/accounts/acme',
  '/v1/accounts/acme/why',
  '/v1/asks',
  '/v1/decisions',
  '/v1/rejections',
])('%s is for the secret key only', async (path) => {
  expect((await house.call('GET', path)).status).toBe(401);
  expect((await house.call('GET', path, { key: 'sk_other' })).status).toBe(401);
  expect((await house.call('GET', path, { key: 'wk_test' })).status).toBe(403);
  expect((await house.call('GET', path, { key: 'pk_test' })).status).toBe(403);
});
