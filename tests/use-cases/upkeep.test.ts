import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { upkeep } from '../../src/use-cases/upkeep.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { DRAFT, MAIL } from '../small-catalog.ts';

forEachDatabase('what nobody asks for any more', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      catalog: { triggers: { mail: MAIL, draft: DRAFT } },
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

  const retention = 100 * DAY;
  const linkIn = (text = '') => /https:\/\/\S+\/unsubscribe\/\S+/.exec(text)?.[0] ?? '';

  test('mails and decisions are forgotten with the events they are about; the link in an old mail goes on working', async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    await house.runJobs();
    const [mail] = house.mails;
    expect([await count('mail'), await count('decision')]).toEqual([1, 1]);
    await house.pass(retention);
    expect([await count('mail'), await count('decision')]).toEqual([1, 1]);
    await house.pass(1);
    expect([await count('mail'), await count('decision'), await count('ask')]).toEqual([0, 0, 1]);
    const { asks } = (await house.secret('GET', '/v1/asks')).json;
    expect(asks[0].reasons.gates.length).toBeGreaterThan(0);
    expect((await house.open(linkIn(mail?.text), { scope: 'asks' })).status).toBe(200);
    expect((await house.secret('GET', '/v1/accounts/acme')).json.people).toMatchObject([
      { suppressed: 'asks' },
    ]);
  });

  test('a mail whose ask is under way, and one that has not gone out, are kept', async () => {
    await house.send([...joined('ada', 'acme', house.now(), { csm_email: 'sam@vendor.example' })]);
    await house.send([track('ada', 'Kind Words', { at: house.now(), properties: { text: 'Splendid!' } })]);
    await house.runJobs();
    await house.pass(6 * DAY);
    const purposes = async () =>
      (await house.db.pool.query('select purpose from mail order by 1')).rows.map(({ purpose }) => purpose);
    const before = await purposes();
    expect(before).toContain('draft');
    // As if its time were never over.
    await house.db.pool.query("update ask set status = 'open', expires_at = null, fallback_at = null");
    await house.pass(retention);
    await house.pass(retention);
    expect(await purposes()).toEqual(before);
    await house.db.pool.query(
      "update ask set status = 'expired'; update mail set status = 'due', due_at = 'infinity'",
    );
    await house.runJobs();
    expect(await purposes()).toEqual(before);
    await house.db.pool.query("update mail set status = 'sent'");
    await house.runJobs();
    expect(await purposes()).toEqual([]);
  });

  test('what analytics never took is not kept for ever', async () => {
    await house.db.pool.query(
      `insert into outgoing select 'goodturn:' || n, '{"id":"a"}', $1 from generate_series(1, 6000) as n`,
      [new Date(house.now())],
    );
    house.advance(retention);
    await upkeep(house.deps());
    expect(await count('outgoing')).toBe(6000);
    house.advance(1);
    await upkeep(house.deps());
    expect(await count('outgoing')).toBe(0);
  });
});
