import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined } from '../messages.ts';

forEachDatabase('what nobody asks for any more', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      catalog: { triggers: {} },
      environment: { EVENT_RETENTION: '100d' },
    });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const count = async (table: string) =>
    Number((await house.db.pool.query(`select count(*) as n from ${table}`)).rows[0].n);

  test('messages that were refused are forgotten after 30 days', async () => {
    expect(await house.send([{ type: 'track', userId: 'ada' }])).toBe(1);
    await house.pass(30 * DAY);
    expect((await house.secret('GET', '/v1/rejections')).json.total).toBe(1);
    await house.pass(1);
    expect((await house.secret('GET', '/v1/rejections')).json).toEqual({ total: 0, latest: [] });
  });

  test('clicks are forgotten with the events of their day, and are no more a day than people make', async () => {
    await house.send(joined('ada', 'acme'));
    const { link } = (await house.secret('GET', '/v1/advocates/ada')).json;
    await house.open(link.url);
    expect(await count('referral_click')).toBe(1);
    await house.db.pool.query(
      'insert into referral_click select code, day, n::text from referral_click, generate_series(1, 1100) as n',
    );
    const before = await count('referral_click');
    expect((await house.open(link.url)).status).toBe(200);
    expect(await count('referral_click')).toBe(before);
    house.advance(DAY);
    await house.open(link.url);
    expect(await count('referral_click')).toBe(before + 1);
    await house.pass(100 * DAY);
    expect(await count('referral_click')).toBe(1);
  });
});
