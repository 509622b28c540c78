import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findAsk } from '../../src/db/asks.ts';
import type { Db } from '../../src/db/client.ts';
import { forEachDatabase } from '../databases.ts';
import { ada, anAskOf, type House, post, snapshot, startPages } from './pages-server.ts';

forEachDatabase('unsubscribing', (open) => {
  let db: Db;
  let house: House;
  beforeAll(async () => {
    db = await open();
    house = await startPages(db);
    await ada(house);
  });
  afterAll(async () => {
    await house.close();
    await db.close();
  });
  beforeEach(async () => {
    await db.pool.query('delete from ask');
    await db.pool.query('delete from suppression');
  });

  const urlOf = (id: string) => `${house.url}/unsubscribe/${house.deps.keys.sign('unsubscribe', id)}`;
  const email = (kind: 'ask' | 'thanks' = 'ask') =>
    anAskOf(house, { channel: 'email', status: 'delivered', kind });
  const suppressed = async () =>
    (
      await db.pool.query<{ address_hash: string; scope: string }>(
        'select address_hash, scope from suppression order by scope',
      )
    ).rows.map(({ address_hash: hash, scope }) => [
      hash === house.deps.keys.hashAddress('ADA@customer.example '),
      scope,
    ]);

  test('the mail program’s own button works at once, without cookie or redirect', async () => {
    const id = await email();
    const answer = await fetch(urlOf(id), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await suppressed()).toEqual([[true, 'asks']]);
    expect((await findAsk(db.pool, id))?.status).toBe('declined');
  });

  test('as multipart too, and from another site', async () => {
    const body = new FormData();
    body.set('List-Unsubscribe', 'One-Click');
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://mail.example' };
    expect((await fetch(urlOf(await email()), { method: 'POST', headers, body })).status).toBe(200);
    expect(await suppressed()).toEqual([[true, 'asks']]);
  });

  test('a “no” is not refused for its form', async () => {
    for (const body of ['', '{"a":1}', '--x\r\nbroken']) {
      const answer = await fetch(urlOf(await email()), {
        method: 'POST',
        body,
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      });
      expect(answer.status).toBe(200);
    }
    expect(await suppressed()).toEqual([[true, 'asks']]);
  });

  test('on the page one can choose nothing at all', async () => {
    const id = await email();
    const answer = await post(urlOf(id), { scope: 'all' });
    expect(await answer.text()).toContain('Nothing more will come.');
    expect(await suppressed()).toEqual([[true, 'all']]);
  });

  test('after news of a referral one click means nothing at all, and declines no ask', async () => {
    const id = await email('thanks');
    await post(urlOf(id), { 'List-Unsubscribe': 'One-Click' });
    expect(await suppressed()).toEqual([[true, 'all']]);
    expect((await findAsk(db.pool, id))?.status).toBe('delivered');
  });

  test('again and again it is the same', async () => {
    const id = await email();
    await post(urlOf(id), {});
    const before = await snapshot(db);
    expect((await post(urlOf(id), {})).status).toBe(200);
    expect(await snapshot(db)).toEqual(before);
  });

  test('a link that was tampered with does nothing', async () => {
    const id = await email();
    const before = await snapshot(db);
    expect((await post(`${urlOf(id)}x`, {})).status).toBe(404);
    expect((await post(`${house.url}/unsubscribe/${house.deps.keys.sign('draft', id)}`, {})).status).toBe(
      404,
    );
    expect(await snapshot(db)).toEqual(before);
  });

  test('a mail whose ask is long gone still gets an answer', async () => {
    expect((await fetch(urlOf('email_gone'))).status).toBe(200);
    expect((await post(urlOf('email_gone'), {})).status).toBe(200);
  });
});
