import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, track } from '../messages.ts';
import { CARD } from '../small-catalog.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, {
    catalog: { triggers: { card: CARD } },
    environment: { ALLOWED_ORIGINS: 'https://app.customer.example' },
  });
});
beforeEach(async () => {
  await house.forget();
  await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
});
afterAll(() => house.close());

const nudges = (headers = {}) => house.as('ada', 'GET', '/v1/nudges?account_id=acme', { headers });

describe('asking for nudges', () => {
  test('answers at most one, as documented, and what to do with it', async () => {
    const { status, json, headers } = await nudges();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(json).toEqual({
      nudges: [
        {
          id: expect.stringMatching(/^nudge_[0-9a-f]+$/),
          trigger: 'card',
          title: 'Who else?',
          body: 'A note is ready.',
          action: { label: 'Read it', url: expect.stringContaining('/a/') },
          expires_at: new Date(house.now() + 3 * DAY).toISOString(),
        },
      ],
      poll_after: 60,
    });
  });

  test('answers 304 as long as nothing changed, and 200 once something has', async () => {
    const etag = (await nudges()).headers.get('etag') ?? '';
    const same = await nudges({ 'if-none-match': etag });
    expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    const { id } = (await nudges()).json.nudges[0];
    await house.as('ada', 'POST', `/v1/nudges/${id}/declined`);
    const other = await nudges({ 'if-none-match': etag });
    expect([other.status, other.json.nudges]).toEqual([200, []]);
  });

  test('changes nothing, however often it is done', async () => {
    const read = async () => (await house.db.pool.query('select * from ask')).rows;
    const before = await read();
    for (let i = 0; i < 3; i += 1) await nudges();
    expect(await read()).toEqual(before);
  });

  test('answers the same nothing to a stranger, of another’s account and without a nudge', async () => {
    await house.send(joined('ben', 'acme'));
    const answers = [
      await house.as('stranger', 'GET', '/v1/nudges'),
      await house.as('ada', 'GET', '/v1/nudges?account_id=birch'),
      await house.as('ben', 'GET', '/v1/nudges?account_id=acme'),
    ];
    for (const { status, json } of answers)
      expect([status, json]).toEqual([200, { nudges: [], poll_after: 60 }]);
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
  });

  test.each<[string, () => Promise<{ key?: string; headers: Record<string, string> }>]>([
    ['no key', async () => ({ key: await house.token('ada'), headers: {} })],
    ['no token', async () => ({ headers: { 'x-goodturn-key': 'pk_test' } })],
    [
      'the secret key in place of a token',
      async () => ({ key: 'sk_test', headers: { 'x-goodturn-key': 'pk_test' } }),
    ],
    [
      'a token that has run out',
      async () => ({
        key: await house.token('ada', { expiresIn: -1000 }),
        headers: { 'x-goodturn-key': 'pk_test' },
      }),
    ],
    [
      'a token for two days',
      async () => ({
        key: await house.token('ada', { expiresIn: 48 * HOUR }),
        headers: { 'x-goodturn-key': 'pk_test' },
      }),
    ],
    [
      'a token of somebody else’s making',
      async () => ({
        key: await house.token('ada', { secret: 'a secret nobody gave us' }),
        headers: { 'x-goodturn-key': 'pk_test' },
      }),
    ],
  ])('with %s is refused as a problem that says what is missing', async (_what, given) => {
    const answer = await house.call('GET', '/v1/nudges', await given());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({
      type: 'about:blank',
      status: 401,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });
});

test.each([
  ['wk_test', 'This is a write key; a publishable key (pk_…) is needed.'],
  ['sk_test', 'This is a secret key; a publishable key (pk_…) is needed.'],
])(
  '%s in the place of the publishable key is told apart, at every door for product apps',
  async (key, detail) => {
    const given = { key: await house.token('ada'), headers: { 'x-goodturn-key': key } };
    for (const [method, path] of [
      ['GET', '/v1/nudges'],
      ['POST', '/v1/nudges/nudge_0/shown'],
      ['GET', '/v1/advocates/ada'],
    ] as const) {
      const { status, json } = await house.call(method, path, given);
      expect([status, json.detail]).toEqual([403, detail]);
    }
  },
);

describe('saying what became of a nudge', () => {
  const say = (userId: string, id: string, outcome: string, body?: unknown) =>
    house.as(userId, 'POST', `/v1/nudges/${id}/${outcome}`, body === undefined ? {} : { body });

  test('answers the ask, without a word of why', async () => {
    const [{ id }] = (await nudges()).json.nudges;
    expect((await say('ada', id, 'shown')).json).toEqual({
      id,
      trigger: 'card',
      channel: 'nudge',
      status: 'delivered',
      shown_at: new Date(house.now()).toISOString(),
      settled_at: null,
      snoozed_until: null,
      expires_at: expect.any(String),
    });
  });

  test('is for its own person: to others it is not there', async () => {
    const [{ id }] = (await nudges()).json.nudges;
    expect((await say('eve', id, 'accepted')).status).toBe(404);
    expect((await say('ada', 'nudge_0000', 'accepted')).status).toBe(404);
    expect((await nudges()).json.nudges).toHaveLength(1);
  });

  test('of a kind that there is not is not found', async () => {
    const [{ id }] = (await nudges()).json.nudges;
    expect((await say('ada', id, 'liked')).status).toBe(404);
  });

  test('with a body that cannot be read changes nothing', async () => {
    const [{ id }] = (await nudges()).json.nudges;
    const broken = await fetch(`${house.url()}/v1/nudges/${id}/snoozed`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await house.token('ada')}`,
        'x-goodturn-key': 'pk_test',
        'content-type': 'application/json',
      },
      body: '{"for": ',
    });
    expect(broken.status).toBe(400);
    expect((await say('ada', id, 'snoozed', { for: '2d', until: 'then' })).status).toBe(400);
    expect((await nudges()).json.nudges).toHaveLength(1);
  });
});

describe('a browser', () => {
  const preflight = (origin: string) =>
    house.call('OPTIONS', '/v1/nudges', {
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,x-goodturn-key',
      },
    });

  test('of an allowed origin may ask, and read the ETag', async () => {
    const { status, headers } = await preflight('https://app.customer.example');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://app.customer.example');
    expect(headers.get('access-control-allow-headers')).toContain('x-goodturn-key');
    const answer = await nudges({ origin: 'https://app.customer.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.customer.example');
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag');
  });

  test('of another origin gets no permission', async () => {
    expect(
      (await preflight('https://app.customer.example.evil.example')).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    expect((await nudges({ origin: 'null' })).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('reads a refusal as well, so that its developer sees what is wrong', async () => {
    const { status, headers } = await house.call('GET', '/v1/nudges', {
      headers: { origin: 'https://app.customer.example' },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://app.customer.example',
    ]);
  });
});
