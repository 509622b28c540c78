import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { putMail } from '../../src/db/mails.ts';
import { forEachDatabase } from '../databases.ts';
import { ada, anAskOf, type House, join, post, snapshot, startPages } from './pages-server.ts';

const EVIL = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '</textarea><script>alert(1)</script>',
  '</title><svg onload=alert(1)>',
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  '\u202Ereversed\u0000null',
].join(' ');

forEachDatabase('every page', (open) => {
  let db: Db;
  let house: House;
  let paths: Record<string, string>;

  beforeAll(async () => {
    db = await open();
    house = await startPages(db, {
      environment: { PRODUCT_NAME: EVIL.replaceAll('\u0000', '') },
      program: { intro: `${EVIL.slice(0, 60)} {{person.name}}`, next_steps: EVIL, offer: { default: EVIL } },
    });
    const { page, landing, code } = await ada(house, `Ada ${EVIL}`.replaceAll('\u0000', ''));
    await join(house, {
      userId: 'ada',
      account: 'acme',
      accountTraits: { name: EVIL.replaceAll('\u0000', '') },
    });
    await post(house.url + page, { action: 'named' });
    await post(house.url + page, {
      action: 'introduce',
      email: 'jo@prospect.example',
      company: EVIL,
      name: EVIL,
      note: EVIL,
    });
    const words = { subject: EVIL, text: EVIL };
    const open_ = await anAskOf(house, { channel: 'draft', status: 'open', ...words });
    const sent = await anAskOf(house, { channel: 'draft', status: 'delivered', ...words });
    const email = await anAskOf(house, { channel: 'email', status: 'delivered' });
    const message = {
      messageId: '<a@b>',
      from: { name: EVIL, address: 'a@b.example' },
      to: { name: EVIL, address: 'a@b.example' },
      subject: EVIL,
      text: `${EVIL} ${house.url}/d/x https://evil.example/`,
      html: EVIL,
      headers: {},
    };
    const at = house.deps.clock();
    await putMail(
      db.pool,
      {
        id: 'm1',
        accountId: 'acme',
        purpose: 'ask',
        status: 'due',
        meantFor: EVIL.replaceAll('\u0000', ''),
        message,
        dueAt: at,
      },
      at,
    );
    const { keys } = house.deps;
    paths = {
      home: '/',
      draft: `/d/${keys.sign('draft', open_)}`,
      'draft, done': `/d/${keys.sign('draft', open_)}?done=sent`,
      'draft, done oddly': `/d/${keys.sign('draft', open_)}?done=constructor`,
      'advocate, done oddly': `${page}?done=__proto__`,
      'sent draft': `/d/${keys.sign('draft', sent)}`,
      file: `/d/${keys.sign('draft', open_)}?file=eml`,
      advocate: page,
      landing,
      thanks: `/r/${code}?done`,
      unsubscribe: `/unsubscribe/${keys.sign('unsubscribe', email)}`,
      mail: '/mail',
      'no draft': '/d/nothing',
      'no page': '/a/b/c',
    };
  });
  afterAll(async () => {
    await house.close();
    await db.close();
  });

  const secret = { authorization: `Basic ${Buffer.from('x:sk_test').toString('base64')}` };
  const get = (path: string, init: RequestInit = {}) =>
    fetch(house.url + path, { ...init, headers: { ...secret, ...init.headers } });

  test('looked at twice, by GET and HEAD at once, changes nothing', async () => {
    const cookie = (await get(paths['landing'] ?? '')).headers.get('set-cookie')?.split(';')[0] ?? '';
    const before = await snapshot(db);
    const looks = Object.values(paths).flatMap((path) =>
      ['GET', 'HEAD', 'GET', 'HEAD'].map((method) => get(path, { method, headers: { cookie } })),
    );
    await Promise.all((await Promise.all(looks)).map((answer) => answer.text()));
    expect(await snapshot(db)).toEqual(before);
    const { rows } = await db.pool.query('select * from referral_click');
    expect(rows).toHaveLength(1);
  });

  test('carries the same strict headers', async () => {
    for (const [name, path] of Object.entries(paths)) {
      const { headers } = await get(path);
      expect({
        name,
        csp: headers.get('content-security-policy'),
        referrer: headers.get('referrer-policy'),
        robots: headers.get('x-robots-tag'),
        cache: headers.get('cache-control'),
        sniff: headers.get('x-content-type-options'),
      }).toEqual({
        name,
        csp: "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        referrer: 'no-referrer',
        robots: 'noindex',
        cache: 'no-store',
        sniff: 'nosniff',
      });
    }
  });

  test('keeps what people write as text', async () => {
    for (const [name, path] of Object.entries(paths)) {
      if (name === 'file') continue;
      const page = await (await get(path)).text();
      expect(tagsOf(page), name).toEqual(tagsOf(page).filter((tag) => OURS.test(tag)));
      expect(page, name).not.toMatch(/href="\s*(?!https?:|mailto:|\?|\/|#|data:,)/i);
      expect(page.match(/<script/g), name).toHaveLength(1);
    }
  });

  test('sets no cookie but the one that counts clicks', async () => {
    for (const [name, path] of Object.entries(paths)) {
      const cookie = (await get(path)).headers.get('set-cookie') ?? '';
      expect(
        cookie === '' || (cookie.startsWith('goodturn_visitor=') && ['landing', 'thanks'].includes(name)),
        name,
      ).toBe(true);
    }
  });

  test('has its style and its script, which may be cached', async () => {
    for (const asset of ['/assets/goodturn.css', '/assets/goodturn.js']) {
      const answer = await get(asset);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600']);
    }
  });

  describe('that can be acted on', () => {
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: 'null' },
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:1' },
    ];

    test.each(['draft', 'advocate', 'landing'])('refuses what another site posts: %s', async (name) => {
      const before = await snapshot(db);
      const form = { action: 'rather_not', email: 'x@other.example', company: 'x' };
      for (const headers of foreign) {
        const answer = await post(house.url + (paths[name] ?? ''), form, headers);
        expect([answer.status, headers]).toEqual([403, headers]);
      }
      expect(await snapshot(db)).toEqual(before);
    });

    test.each(['draft', 'advocate', 'landing'])('refuses what no form sends: %s', async (name) => {
      const before = await snapshot(db);
      for (const type of ['application/json', 'text/plain', '']) {
        const answer = await fetch(house.url + (paths[name] ?? ''), {
          method: 'POST',
          headers: { 'content-type': type },
          body: '{"action":"rather_not"}',
        });
        expect(answer.status).toBe(400);
      }
      const huge = await post(house.url + (paths[name] ?? ''), { action: 'save', text: 'x'.repeat(70_000) });
      expect(huge.status).toBe(413);
      expect(await snapshot(db)).toEqual(before);
    });

    test('takes its own forms', async () => {
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: house.url }] as Record<
        string,
        string
      >[]) {
        expect((await post(house.url + (paths['advocate'] ?? ''), { action: 'named' }, headers)).status).toBe(
          303,
        );
      }
    });
  });

  describe('of operators', () => {
    test('opens for the secret key only', async () => {
      for (const password of ['', 'sk_other', 'pk_test', 'wk_test']) {
        const authorization = `Basic ${Buffer.from(`x:${password}`).toString('base64')}`;
        const answer = await fetch(`${house.url}/mail`, { headers: { authorization } });
        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
          401,
          'Basic realm="Goodturn", charset="UTF-8"',
        ]);
      }
      expect(
        (await fetch(`${house.url}/mail`, { headers: { authorization: 'Bearer sk_test' } })).status,
      ).toBe(401);
    });

    test('shows each mail with its text, and only our own links can be followed', async () => {
      const page = await (await get('/mail')).text();
      expect(page).toContain(`<a href="${house.url}/d/x">`);
      expect(page).not.toContain('href="https://evil.example');
    });
  });
});

const tagsOf = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];

/** Every tag that our own markup has; attributes are quoted, and none is a handler. */
const OURS =
  /^<(!doctype html|\/?(html|head|body|main|meta|title|link|script|h1|h2|p|ul|li|dl|dt|dd|br|a|strong|q|time|span|form|label|input|textarea|select|option|button|fieldset|legend|div|article|pre|code)( [a-z-]+(="[^"<>]*")?)*)>$/;
