import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findAsk } from '../../src/db/asks.ts';
import type { Db } from '../../src/db/client.ts';
import { DAY } from '../../src/engine/time.ts';
import { day } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { ada, anAskOf, type House, post, startPages } from './pages-server.ts';

forEachDatabase('the page of a draft', (open) => {
  let db: Db;
  let house: House;
  beforeAll(async () => {
    db = await open();
    house = await startPages(db, { environment: { DEFAULT_OWNER_EMAIL: 'lee@vendor.example' } });
    await ada(house);
  });
  afterAll(async () => {
    await house.close();
    await db.close();
  });

  // Other asks of hers would hold the one at hand.
  beforeEach(async () => {
    await db.pool.query('delete from ask');
    await db.pool.query('update account set held_until = null');
    await db.pool.query('update person set held_until = null');
  });

  const draft = (status: Parameters<typeof anAskOf>[1]['status'] = 'open', more = {}) =>
    anAskOf(house, { channel: 'draft', status, ...more });
  const urlOf = (id: string) => `${house.url}/d/${house.deps.keys.sign('draft', id)}`;
  const seenOn = async (id: string) =>
    /name="seen" value="([^"]+)"/.exec(await (await fetch(urlOf(id))).text())?.[1] ?? '';
  const eventsOf = async (id: string) =>
    (
      await db.pool.query<{ name: string }>(`select name from event where id like $1 order by name`, [
        `goodturn:${id}:%`,
      ])
    ).rows.map(({ name }) => name);

  test('says whom to ask, why now, and in which words', async () => {
    const page = await (await fetch(urlOf(await draft()))).text();
    expect(page).toContain('Ask Ada Grace');
    expect(page).toContain('Customer Inc');
    expect(page).toContain('Ada gave a 10');
    expect(page).toContain('Great &lt;b&gt;tool&lt;/b&gt;');
    expect(page).toContain('Hi Ada,\nwould you?');
    expect(page).toContain(
      'mailto:ada@customer.example?subject=A%20favour&amp;body=Hi%20Ada%2C%0D%0Awould%20you%3F',
    );
  });

  test('“I sent it” counts from now, and is an event', async () => {
    const id = await draft();
    const answer = await post(urlOf(id), {
      action: 'sent',
      seen: await seenOn(id),
      subject: 'A small favour',
      text: 'Hi!\r\nBye',
    });
    expect(answer.status).toBe(303);
    expect(await findAsk(db.pool, id)).toMatchObject({
      status: 'delivered',
      deliveredAt: house.deps.clock(),
      expiresAt: house.deps.clock() + 14 * DAY,
      content: { subject: 'A small favour', text: 'Hi!\nBye' },
    });
    expect(await eventsOf(id)).toEqual(['Ask Sent']);
  });

  test('pressing it twice is pressing it once', async () => {
    const id = await draft();
    const form = { action: 'sent', seen: await seenOn(id), subject: 's', text: 't' };
    const answers = await Promise.all([post(urlOf(id), form), post(urlOf(id), form)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await eventsOf(id)).toEqual(['Ask Sent']);
  });

  test('words that somebody changed meanwhile are not sent as if they had been seen', async () => {
    const id = await draft();
    const seen = await seenOn(id);
    expect((await post(urlOf(id), { action: 'save', seen, subject: 's', text: 'others' })).status).toBe(303);
    const late = await post(urlOf(id), { action: 'sent', seen, subject: 's', text: 'mine' });
    expect(late.status).toBe(409);
    const page = await late.text();
    expect(page).toContain('changed since you opened');
    expect(page).toContain('others');
    // And what they typed is not lost.
    expect(page).toMatch(/What you had written<\/label>\s*<textarea[^>]*>\s*mine</);
    expect((await findAsk(db.pool, id))?.status).toBe('open');
  });

  test('saving twice is saving once', async () => {
    const id = await draft();
    const words = { action: 'save', seen: await seenOn(id), subject: 's', text: 'mine,\r\nin two lines' };
    expect((await post(urlOf(id), words)).status).toBe(303);
    expect((await post(urlOf(id), words)).status).toBe(303);
    expect((await findAsk(db.pool, id))?.content).toEqual({ subject: 's', text: 'mine,\nin two lines' });
  });

  test.each(['delivered', 'accepted', 'declined', 'ignored'] as const)(
    'words come too late for a draft that is %s, and the page says so',
    async (status) => {
      const id = await draft(status);
      const late = await post(urlOf(id), { action: 'save', seen: 'stale', subject: 's', text: 'mine' });
      expect(late.status).toBe(409);
      expect(await late.text()).toContain('This draft was sent already, so nothing was done.');
    },
  );

  test('the account is held until no day that there is not', async () => {
    const id = await draft();
    const answer = await post(urlOf(id), { action: 'hold', until: '2026-02-30' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('There is no 2026-02-30. Please choose another day.');
    expect((await findAsk(db.pool, id))?.status).toBe('open');
  });

  test('an answer can be noted once it was sent, and only one', async () => {
    const id = await draft('delivered');
    expect((await post(urlOf(id), { action: 'accepted' })).status).toBe(303);
    expect((await post(urlOf(id), { action: 'accepted' })).status).toBe(303);
    expect((await post(urlOf(id), { action: 'declined' })).status).toBe(409);
    expect(await eventsOf(id)).toEqual(['Ask Accepted']);
  });

  test('put aside, it stays open until then', async () => {
    const id = await draft();
    await post(urlOf(id), { action: 'snooze', for: '3d' });
    expect(await findAsk(db.pool, id)).toMatchObject({
      status: 'open',
      snoozedUntil: house.deps.clock() + 3 * DAY,
    });
    expect(await (await fetch(urlOf(id))).text()).toContain('Put aside until');
  });

  test.each([
    ['bad_time', 'account', 30],
    ['other', 'account', 14],
    ['wrong_person', 'person', 180],
  ] as const)('dismissed as %s, it holds the %s for %i days', async (reason, table, days) => {
    const id = await draft();
    expect((await post(urlOf(id), { action: 'dismiss', reason })).status).toBe(303);
    expect(await findAsk(db.pool, id)).toMatchObject({
      status: 'withdrawn',
      statusReason: `dismissed: ${reason}`,
    });
    const held = await db.pool.query<{ held_until: Date }>(
      `select held_until from ${table} where held_until is not null`,
    );
    expect(held.rows[0]?.held_until.getTime()).toBe(house.deps.clock() + days * DAY);
    expect(await eventsOf(id)).toEqual(['Ask Closed']);
  });

  test('dismissed because they were asked already, it counts as an ask', async () => {
    const id = await draft();
    await post(urlOf(id), { action: 'dismiss', reason: 'already_asked' });
    expect(await findAsk(db.pool, id)).toMatchObject({
      status: 'withdrawn',
      deliveredAt: house.deps.clock(),
    });
  });

  test('not mine: it goes to the default owner', async () => {
    const id = await draft();
    await post(urlOf(id), { action: 'dismiss', reason: 'not_mine' });
    expect(await findAsk(db.pool, id)).toMatchObject({
      status: 'scheduled',
      ownerEmail: 'lee@vendor.example',
    });
  });

  test('not mine, pressed twice, is not said by whom it has gone to', async () => {
    const id = await draft('open', { ownerEmail: 'sam@vendor.example' });
    const [, owner = ''] = /name="owner" value="([^"]+)"/.exec(await (await fetch(urlOf(id))).text()) ?? [];
    const form = { action: 'dismiss', reason: 'not_mine', owner };
    expect((await post(urlOf(id), form)).status).toBe(303);
    await db.pool.query(`update ask set status = 'open' where id = $1`, [id]);
    expect((await post(urlOf(id), form)).status).toBe(303);
    expect(await findAsk(db.pool, id)).toMatchObject({ status: 'open', ownerEmail: 'lee@vendor.example' });
  });

  test('a dismissal without a reason does nothing', async () => {
    const id = await draft();
    const answer = await post(urlOf(id), { action: 'dismiss', reason: 'constructor' });
    expect(answer.status).toBe(400);
    expect((await findAsk(db.pool, id))?.status).toBe('open');
  });

  test.each(['withdrawn', 'expired', 'accepted', 'declined', 'ignored'] as const)(
    'when it is %s nothing can be done with it',
    async (status) => {
      const id = await draft(status);
      const page = await (await fetch(urlOf(id))).text();
      expect(page).not.toContain('<button name="action"');
      const answer = await post(urlOf(id), { action: 'snooze', for: '1d' });
      expect(answer.status).toBe(409);
    },
  );

  test('is for its own token only', async () => {
    const id = await draft();
    const token = house.deps.keys.sign('draft', id);
    for (const other of [
      token.slice(0, -1),
      `${id}x${token.slice(id.length)}`,
      house.deps.keys.sign('unsubscribe', id),
      id,
      '%00',
    ]) {
      const answer = await fetch(`${house.url}/d/${other}`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('text/html');
    }
  });

  test('as a file it opens in a mail program, unsent', async () => {
    const answer = await fetch(`${urlOf(await draft())}?file=eml`);
    expect(answer.headers.get('content-type')).toContain('message/rfc822');
    expect(answer.headers.get('content-disposition')).toContain('draft.eml');
    expect(await answer.text()).toContain('X-Unsent: 1');
  });

  test('time passing changes the words, not the state', async () => {
    const id = await draft();
    house.setNow(day(1));
    await fetch(urlOf(id));
    expect((await findAsk(db.pool, id))?.status).toBe('open');
    house.setNow(day(0));
  });
});
