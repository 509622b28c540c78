import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '../../src/engine/time.ts';
import { READINESS } from '../catalog-folder.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

const GUARDRAILS = `
per_account: { minimum_tenure: 0s }
quiet_hours: { from: "00:00", to: "00:00", weekends: normal }
`;
const STRICT = MAIL.replace('at_least: 9', 'at_least: 10');

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  house = await openHouse(database.open, { catalog: { triggers: { mail: MAIL } } });
});
beforeEach(async () => {
  await house.forget();
  for (const [who, score] of [
    ['ada', 9],
    ['bob', 10],
  ] as const) {
    await house.send([...joined(who, `${who}-co`), scored(who, score)]);
    house.advance(HOUR);
  }
});
afterAll(() => house.close());

const backtest = (body: unknown) => house.secret('POST', '/v1/backtests', body);
const files = (mail: string, more: object = {}) => ({
  'readiness.yaml': READINESS,
  'guardrails.yaml': GUARDRAILS,
  'mail.yaml': mail,
  ...more,
});

describe('a backtest over HTTP', () => {
  test('of the catalog in force asks whom it asked', async () => {
    const { status, json } = await backtest({});
    expect(status).toBe(200);
    const asked = (await house.secret('GET', '/v1/asks')).json.asks;
    expect(
      json.asks.map(({ account, person, trigger }: Record<string, string>) => [account, person, trigger]),
    ).toEqual([
      ['ada-co', 'ada', 'mail'],
      ['bob-co', 'bob', 'mail'],
    ]);
    expect(asked).toHaveLength(2);
    expect([json.newly_asked, json.no_longer_asked]).toEqual([[], []]);
  });

  test('tells whom other files would ask anew, and whom no longer', async () => {
    for (const catalog of [files(STRICT), { triggers: files(STRICT) }]) {
      const { json } = await backtest({ catalog });
      expect(json.asks.map(({ person }: { person: string }) => person)).toEqual(['bob']);
      expect(json.newly_asked).toEqual([]);
      expect(json.no_longer_asked).toMatchObject([
        { person: 'ada', account: 'ada-co', trigger: 'mail', channel: 'email' },
      ]);
    }
  });

  test('takes a version by its number or its hash', async () => {
    const { rows } = await house.db.pool.query('select version, hash from catalog_version');
    for (const catalog of [rows[0].version, rows[0].hash]) {
      const { status, json } = await backtest({ catalog });
      expect([status, json.asks.length]).toEqual([200, 2]);
    }
  });

  test('reports what lies between two instants, of the whole history', async () => {
    const from = new Date(house.now() - 90 * 60_000).toISOString();
    const { json } = await backtest({ from, to: new Date(house.now()).toISOString() });
    expect(json.asks.map(({ person }: { person: string }) => person)).toEqual(['bob']);
    expect(json.from).toBe(from);
  });

  test.each([
    [{ catalog: 99 }, 404, undefined, 'There is no catalog version 99.'],
    [{ catalog: 'deadbeefdeadbeef' }, 404, undefined, 'no catalog version deadbeef'],
    [{ catalog: 'v2' }, 404, undefined, 'There is no catalog version v2.'],
    [{ catalog: true }, 400, 'catalog', 'expected the number or hash of a version, or the files'],
    [{ catalog: { 'mail.yaml': MAIL } }, 400, 'triggers/readiness.yaml', 'the file is missing'],
    [
      { catalog: { 'readiness.yaml': 'signals:\n  promoter: { nps: { at_leest: 9 }, points: 1 }\n' } },
      400,
      'triggers/readiness.yaml signals.promoter.nps.at_leest',
      'at_least',
    ],
    [{ from: 'yesterday' }, 400, 'from', 'expected an instant like'],
    [{ from: '2026-03-01', to: '2026-02-01' }, 400, 'from', 'from is later than to'],
    [{ form: '2026-03-01' }, 400, 'form', 'form: is not known here'],
  ])('answers %j with %i', async (body, status, field, detail) => {
    const answer = await backtest(body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(answer.json.detail).toContain(detail);
    if (field !== undefined)
      expect(answer.json.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  test('needs the secret key before it reads anything, and takes a catalog of some size', async () => {
    expect((await house.call('POST', '/v1/backtests', { key: 'wk_test', body: {} })).status).toBe(403);
    const long = `${MAIL}\n# ${'a long remark '.repeat(20_000)}`;
    expect((await backtest({ catalog: files(long) })).status).toBe(200);
  });

  test('runs beside everything else, and one at a time', async () => {
    const day = Array.from({ length: 10 }, (_, n) =>
      Array.from({ length: 200 }, (_, m) =>
        track(`u${n}-${m}`, 'Workflow Completed', { account: `a${n}-${m % 50}` }),
      ),
    );
    for (const batch of day) await house.send(batch);
    let isRunning = true;
    const running = backtest({ catalog: files(MAIL, { 'card.yaml': CARD }) }).finally(() => {
      isRunning = false;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const second = await backtest({});
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '5']);
    let stored = 0;
    while (isRunning) {
      await house.send([track('ada', 'Page Opened')]);
      if (isRunning) stored += 1;
    }
    const { status, json } = await running;
    expect([status, json.newly_asked.length > 400]).toEqual([200, true]);
    expect(stored).toBeGreaterThan(3);
    expect((await backtest({})).status).toBe(200);
  });

  test('also where two come at the same moment', async () => {
    // The one connection is taken for a while, so that both have come before either finds its version.
    const slow = house.db.pool.query('select pg_sleep(0.5)');
    const answers = await Promise.all([backtest({ catalog: 1 }), backtest({ catalog: 1 })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
    await slow;
  });
});
