import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findAsk } from '../../src/db/asks.ts';
import type { Db } from '../../src/db/client.ts';
import { listReferrals } from '../../src/db/referrals.ts';
import { readSuppressions } from '../../src/db/suppressions.ts';
import { DAY } from '../../src/engine/time.ts';
import { holdPersonByHand, liftPersonHold } from '../../src/use-cases/hold-by-hand.ts';
import { linkOfAdvocate } from '../../src/use-cases/link-of-advocate.ts';
import { forEachDatabase } from '../databases.ts';
import { ada, anAskOf, type House, join, post, startPages } from './pages-server.ts';

forEachDatabase('the advocate’s page and link', (open) => {
  let db: Db;
  let house: House;
  let links: Awaited<ReturnType<typeof ada>>;
  beforeAll(async () => {
    db = await open();
    house = await startPages(db);
    links = await ada(house);
  });
  afterAll(async () => {
    await house.close();
    await db.close();
  });
  beforeEach(async () => {
    for (const table of ['ask', 'referral', 'referral_click', 'suppression', 'event'])
      await db.pool.query(`delete from ${table}`);
    await db.pool.query('update advocate_link set named = false');
    await db.pool.query('update person set held_until = null, hold_reason = null');
  });

  const page = async () => (await fetch(house.url + links.page)).text();
  const referrals = () => listReferrals(db.pool, { limit: 100 });
  const introduce = {
    action: 'introduce',
    name: 'Jo Doe',
    email: 'jo@prospect.example',
    company: 'Prospect Ltd',
  };

  describe('the page', () => {
    test('says whom to think of, in which words, and gives the link', async () => {
      const text = await page();
      expect(text).toContain('Ada, does somebody come to mind?');
      expect(text).toContain('head of support at a company of 50 to 500');
      expect(text).toContain('A month on us.');
      expect(text).toContain(`We use Acorn at Customer Inc. ${house.url}${links.landing}`);
    });

    test('takes an introduction, once, and says how it stands', async () => {
      const answers = [
        await post(house.url + links.page, introduce),
        await post(house.url + links.page, introduce),
      ];
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
      expect(await referrals()).toMatchObject([
        {
          email: 'jo@prospect.example',
          company: 'prospect.example',
          companyName: 'Prospect Ltd',
          name: 'Jo Doe',
          stage: 'submitted',
        },
      ]);
      expect(await page()).toContain('<strong>Jo Doe, Prospect Ltd</strong>');
    });

    test('an introduction answers the ask it came from', async () => {
      const id = await anAskOf(house, { channel: 'email', status: 'delivered' });
      await post(house.url + links.page, introduce);
      expect((await findAsk(db.pool, id))?.status).toBe('accepted');
      expect((await referrals())[0]?.askId).toBe(id);
      const { rows } = await db.pool.query<{ name: string }>('select name from event order by name');
      expect(rows.map(({ name }) => name)).toEqual(['Ask Accepted', 'Referral Submitted']);
    });

    test('what cannot be read is said beside what was typed', async () => {
      const answer = await post(house.url + links.page, { ...introduce, email: 'jo@x, evil@evil.example' });
      expect(answer.status).toBe(400);
      const text = await answer.text();
      expect(text).toMatch(/>Their work email: expected one plain address.*\. Nothing was done\./s);
      expect(text).toContain('value="Jo Doe"');
      expect(await referrals()).toEqual([]);
    });

    test('“rather not” declines what was asked and ends the asking', async () => {
      const id = await anAskOf(house, { channel: 'email', status: 'delivered' });
      await post(house.url + links.page, { action: 'rather_not' });
      expect((await findAsk(db.pool, id))?.status).toBe('declined');
      const hash = house.deps.keys.hashAddress('ada@customer.example');
      expect(await readSuppressions(db.pool, [hash])).toEqual(new Map([[hash, 'asks']]));
      expect(await page()).toContain('You will not be asked again.');
    });

    test('“rather not” is not over with another address, nor by what a colleague of ours says', async () => {
      await join(house, {
        userId: 'mia',
        account: 'acme',
        traits: { email: 'mia@customer.example', name: 'Mia' },
      });
      const { code } = await linkOfAdvocate(db.pool, {
        accountId: 'acme',
        personId: 'mia',
        at: house.deps.clock(),
      });
      const url = `${house.url}/a/${house.deps.keys.sign('advocate', code)}`;
      await post(url, { action: 'rather_not' });
      await join(house, { userId: 'mia', account: 'acme', traits: { email: 'mia@elsewhere.example' } });
      const said = async () => (await (await fetch(url)).text()).includes('You will not be asked again.');
      expect(await said()).toBe(true);
      const leave = { until: house.deps.clock() + DAY, reason: 'on leave', by: 'sam' };
      await holdPersonByHand(house.deps, 'mia', leave);
      await expect(liftPersonHold(house.deps, 'mia')).rejects.toMatchObject({ code: 'conflict' });
      expect(await said()).toBe(true);
    });

    test('“rather not” holds for somebody without an address too', async () => {
      await join(house, { userId: 'nia', account: 'acme', traits: { name: 'Nia' } });
      const { code } = await linkOfAdvocate(db.pool, {
        accountId: 'acme',
        personId: 'nia',
        at: house.deps.clock(),
      });
      const url = `${house.url}/a/${house.deps.keys.sign('advocate', code)}`;
      await post(url, { action: 'rather_not' });
      expect(await (await fetch(url)).text()).toContain('You will not be asked again.');
    });
  });

  describe('the link', () => {
    test('names the advocate only when they agreed', async () => {
      const landing = async () => (await fetch(house.url + links.landing)).text();
      expect(await landing()).not.toContain('Ada');
      await post(house.url + links.page, { action: 'named' });
      expect(await landing()).toContain('Ada Grace at Customer Inc uses Acorn');
      await post(house.url + links.page, { action: 'unnamed' });
      expect(await landing()).not.toContain('Ada');
    });

    test('takes whoever follows it', async () => {
      const answer = await post(house.url + links.landing, {
        email: 'Jo@Prospect.example',
        company: 'Prospect',
        role: 'COO',
        note: 'Hi\u0000\nthere',
      });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '?done']);
      expect(await referrals()).toMatchObject([
        { company: 'prospect.example', role: 'COO', note: 'Hi\nthere', personId: 'ada', accountId: 'acme' },
      ]);
      expect(await (await fetch(`${house.url}${links.landing}?done`)).text()).toContain('Thank you');
    });

    test('a company is needed, and what was typed stays', async () => {
      const answer = await post(house.url + links.landing, { email: 'jo@prospect.example', company: ' ' });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('value="jo@prospect.example"');
    });

    test('an address that is none is named as the page names it', async () => {
      const answer = await post(house.url + links.landing, { email: 'jo', company: 'x' });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('>Your work email: expected one @');
    });

    test('a program that fills in every field is thanked and ignored', async () => {
      const answer = await post(house.url + links.landing, {
        email: 'bot@prospect.example',
        company: 'x',
        website: 'spam',
      });
      expect(answer.status).toBe(303);
      expect(await referrals()).toEqual([]);
    });

    test('the advocate’s own colleague is taken and held for review', async () => {
      await post(house.url + links.landing, { email: 'eve@customer.example', company: 'Customer' });
      expect((await referrals())[0]?.held).toBe('own_domain');
    });

    test('a browser counts once a day, and a HEAD or a prefetch never', async () => {
      const clicks = async () => (await db.pool.query('select * from referral_click')).rowCount;
      await fetch(house.url + links.landing, { method: 'HEAD' });
      await fetch(house.url + links.landing, { headers: { 'sec-purpose': 'prefetch' } });
      expect(await clicks()).toBe(0);
      const first = await fetch(house.url + links.landing);
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
      const second = await fetch(house.url + links.landing, { headers: { cookie } });
      expect(second.headers.get('set-cookie')).toBeNull();
      expect(await clicks()).toBe(1);
    });

    test('a code that is nobody’s counts nothing', async () => {
      expect((await fetch(`${house.url}/r/nobodys`)).status).toBe(404);
      expect((await db.pool.query('select * from referral_click')).rowCount).toBe(0);
    });
  });

  test('with a landing page of the product the link leads there, with the code', async () => {
    const other = await startPages(db, {
      environment: { REFERRAL_LANDING_URL: 'https://vendor.example/hello?from=friend' },
    });
    const answer = await fetch(other.url + links.landing, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      `https://vendor.example/hello?from=friend&ref=${links.code}`,
    ]);
    await other.close();
  });
});
