import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findAsk } from '../../src/db/asks.ts';
import type { Db } from '../../src/db/client.ts';
import { DAY } from '../../src/engine/time.ts';
import { day, someGuardrails } from '../builders.ts';
import {
  ada,
  anAskOf,
  type House,
  IDENTITY_SECRET,
  join,
  snapshot,
  startPages,
} from '../console/pages-server.ts';
import { forEachDatabase } from '../databases.ts';

const Body = z.record(z.string(), z.unknown());

forEachDatabase('referrals over HTTP', (open) => {
  let db: Db;
  let house: House;
  beforeAll(async () => {
    db = await open();
    house = await startPages(db);
    await ada(house);
    await join(house, { userId: 'bob', account: 'bolt', traits: { email: 'bob@bolt.example', name: 'Bob' } });
  });
  afterAll(async () => {
    await house.close();
    await db.close();
  });
  beforeEach(async () => {
    for (const table of ['ask', 'referral', 'event']) await db.pool.query(`delete from ${table}`);
    house.setNow(day(0));
  });

  type Answer = { status: number; body: Record<string, unknown> };
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    at = house,
  ): Promise<Answer> => {
    const answer = await fetch(`${at.url}/v1${path}`, {
      method,
      headers: { authorization: 'Bearer sk_test', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: Body.parse(await answer.json()) };
  };
  const refer = (advocate = 'ada', email = 'jo@prospect.example') =>
    call('POST', '/referrals', { advocate, email, company: 'Prospect Ltd' });
  const move = (id: unknown, stage: string, more: Record<string, unknown> = {}, at = house) =>
    call('POST', `/referrals/${id}/stage`, { stage, ...more }, {}, at);
  const events = async () =>
    (
      await db.pool.query<{ name: string; person_id: string; imported: boolean }>(
        `select name, person_id, imported from event where name like 'Referral %' order by received_at, occurred_at, name`,
      )
    ).rows.map(
      ({ name, person_id: person, imported }) => `${person}: ${name}${imported ? ' (quietly)' : ''}`,
    );

  describe('an introduction', () => {
    test('is a referral, an event, and an answer to the ask', async () => {
      const ask = await anAskOf(house, { channel: 'email', status: 'delivered' });
      const { status, body } = await refer();
      expect(status).toBe(201);
      expect(body).toMatchObject({
        stage: 'submitted',
        company: 'prospect.example',
        company_name: 'Prospect Ltd',
        held: [],
        ask_id: ask,
        advocate: { user_id: 'ada', account_id: 'acme' },
      });
      expect(await events()).toEqual(['ada: Referral Submitted']);
      expect((await findAsk(db.pool, ask))?.status).toBe('accepted');
    });

    test('carries nothing of the introduced person into events but their name', async () => {
      await call('POST', '/referrals', {
        advocate: 'ada',
        email: 'jo.secret@gmail.com',
        company: 'Jo, freelance',
        name: 'Jo',
        note: 'her number is 555',
        role: 'Owner',
      });
      const { rows } = await db.pool.query<{ properties: string }>(`select properties from event`);
      expect(rows).toHaveLength(1);
      expect(rows[0]?.properties).not.toMatch(/secret|555/);
      expect(JSON.parse(rows[0]?.properties ?? '')).toMatchObject({
        name: 'Jo',
        company_name: 'Jo, freelance',
        stage: 'submitted',
      });
    });

    test('sent again, or of a colleague there, is the same referral', async () => {
      const first = await refer();
      const again = await refer();
      const colleague = await refer('ada', 'al@Prospect.example');
      expect([again.status, colleague.status]).toEqual([200, 200]);
      expect([again.body['id'], colleague.body['id']]).toEqual([first.body['id'], first.body['id']]);
      expect(await events()).toHaveLength(1);
    });

    test('made many times at once is one', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => refer()));
      expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    });

    test('past the window is a new one', async () => {
      const first = await refer();
      house.setNow(day(90));
      expect((await refer()).body['id']).toBe(first.body['id']);
      house.setNow(day(90) + 1);
      expect((await refer()).body['id']).not.toBe(first.body['id']);
    });

    test('by the code of a link is by its advocate', async () => {
      const { body } = await call('GET', '/advocates/ada');
      const code = JSON.parse(JSON.stringify(body)).link.code;
      expect((await refer(code)).body['advocate']).toMatchObject({ user_id: 'ada', code });
    });

    test('by somebody unknown is refused, and says what to do', async () => {
      const { status, body } = await refer('nobody');
      expect(status).toBe(404);
      expect(body['detail']).toContain('"nobody" is neither the code of a link nor a user we know');
    });

    test('back to the company that introduced one’s own is held', async () => {
      await refer('bob', 'ada@customer.example');
      expect((await refer('ada', 'bea@bolt.example')).body['held']).toEqual(['ring']);
    });

    test('of somebody in the own account under another address is held', async () => {
      await join(house, { userId: 'eve', account: 'acme', traits: { email: 'eve@elsewhere.example' } });
      expect((await refer('ada', 'eve@elsewhere.example')).body['held']).toEqual(['own_account']);
    });

    test('that is no introduction changes nothing and names the field', async () => {
      const before = await snapshot(db);
      for (const [body, field] of [
        [{ advocate: 'ada', company: 'x' }, 'email'],
        [{ advocate: 'ada', company: 'x', email: 'a@b, c@d' }, 'email'],
        [{ advocate: 'ada', email: 'a@b.example' }, 'company'],
        [{ advocate: 'ada', email: 'a@b.example', company: 'x', colour: 'red' }, 'colour'],
      ] as const) {
        const answer = await call('POST', '/referrals', body);
        expect(answer.status).toBe(400);
        expect(answer.body['errors']).toMatchObject([{ field }]);
      }
      expect(await snapshot(db)).toEqual(before);
    });
  });

  describe('a stage', () => {
    test('is an event, once, and stages may be skipped', async () => {
      const { body } = await refer();
      house.setNow(day(1));
      const won = await move(body['id'], 'won', { acv: 24_000 });
      expect(won.body).toMatchObject({ stage: 'won', acv: 24_000, credited: [{ id: body['id'], share: 1 }] });
      expect((await move(body['id'], 'won')).status).toBe(200);
      expect(await events()).toEqual(['ada: Referral Submitted', 'ada: Referral Won']);
    });

    test('moved at once from two sides is still one event', async () => {
      const { body } = await refer();
      const answers = await Promise.all([move(body['id'], 'qualified'), move(body['id'], 'qualified')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await events()).toHaveLength(2);
    });

    test('never goes back', async () => {
      const { body } = await refer();
      await move(body['id'], 'won');
      const back = await move(body['id'], 'meeting');
      expect([back.status, back.body['detail']]).toEqual([
        409,
        'This referral is at "won" and cannot go to "meeting": it can go to churned.',
      ]);
    });

    test('happened when it is said to have happened, though never before the stage it left', async () => {
      const { body } = await refer();
      house.setNow(day(10));
      const moved = await move(body['id'], 'qualified', { at: new Date(day(5)).toISOString() });
      expect(moved.body['stages']).toMatchObject({ qualified: new Date(day(5)).toISOString() });
      const early = await move(body['id'], 'meeting', { at: new Date(day(2)).toISOString() });
      expect(early.body['stages']).toMatchObject({ meeting: new Date(day(5)).toISOString() });
    });

    test('that there is not is refused with those there are', async () => {
      const { body } = await refer();
      const { status, body: problem } = await move(body['id'], 'closed');
      expect(status).toBe(400);
      expect(JSON.stringify(problem)).toContain('opportunity');
    });

    test('of a referral that there is not is not found', async () =>
      expect((await move('ref_none', 'won')).status).toBe(404));
  });

  describe('two advocates introduced one company', () => {
    const both = async () => {
      const first = (await refer('ada')).body['id'];
      house.setNow(day(1));
      const second = (await refer('bob')).body['id'];
      house.setNow(day(2));
      return { first, second };
    };

    test('the last is credited, whichever referral is moved, and the other account takes note in silence', async () => {
      const { first, second } = await both();
      const moved = await move(first, 'won');
      expect(moved.body).toMatchObject({ id: first, stage: 'won', credited: [{ id: second, share: 1 }] });
      expect((await events()).slice(2).sort()).toEqual(['ada: Referral Won (quietly)', 'bob: Referral Won']);
    });

    test('from opportunity on it is fixed', async () => {
      const { body } = await refer('ada');
      house.setNow(day(1));
      await move(body['id'], 'opportunity');
      house.setNow(day(2));
      await refer('bob');
      house.setNow(day(3));
      expect((await move(body['id'], 'won')).body['credited']).toEqual([{ id: body['id'], share: 1 }]);
    });

    test('the first, where the team chose so', async () => {
      const other = await startPages(db, {
        catalog: {
          guardrails: someGuardrails({ attribution: { window: 90 * DAY, model: 'first', segments: {} } }),
        },
      });
      other.setNow(day(2));
      const { first, second } = await both();
      expect((await move(second, 'won', {}, other)).body['credited']).toEqual([{ id: first, share: 1 }]);
      await other.close();
    });
  });

  test('an introduction from a segment with a longer window counts longer', async () => {
    const segments = { enterprise: 180 * DAY };
    const other = await startPages(db, {
      catalog: { guardrails: someGuardrails({ attribution: { window: 90 * DAY, model: 'last', segments } }) },
    });
    const traits = { email: 'eve@large.example', name: 'Eve' };
    const large = { userId: 'eve', account: 'large', traits, accountTraits: { segment: 'enterprise' } };
    await join(other, large);
    const from = async (advocate: string) => {
      const body = { advocate, email: 'jo@prospect.example', company: 'Prospect Ltd' };
      return (await call('POST', '/referrals', body, {}, other)).body['id'];
    };
    const eve = await from('eve');
    const ada = await from('ada');
    other.setNow(day(120));
    expect([await from('eve'), (await from('ada')) === ada]).toEqual([eve, false]);
    other.setNow(day(0));
    await other.close();
  });

  describe('the list', () => {
    test('comes a page at a time, each referral once', async () => {
      for (let n = 0; n < 5; n += 1) await refer('ada', `jo@p${n}.example`);
      const seen: unknown[] = [];
      let cursor = '';
      for (let pages = 0; pages < 5; pages += 1) {
        const { body } = await call('GET', `/referrals?limit=2${cursor}`);
        const { referrals, cursor: next } = JSON.parse(JSON.stringify(body));
        seen.push(...referrals.map(({ id }: { id: string }) => id));
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
      expect(new Set(seen).size).toBe(5);
      expect(seen).toHaveLength(5);
    });

    test('is for the secret key only', async () => {
      for (const key of ['pk_test', 'wk_test']) {
        expect((await call('GET', '/referrals', undefined, { authorization: `Bearer ${key}` })).status).toBe(
          403,
        );
      }
      expect((await call('POST', '/referrals', {}, { authorization: '' })).status).toBe(401);
    });
  });

  describe('an advocate', () => {
    const asUser = async (sub: string) => ({
      'x-goodturn-key': 'pk_test',
      authorization: `Bearer ${await new SignJWT({ sub, aud: 'goodturn' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(new Date(day(0) + 3_600_000))
        .sign(new TextEncoder().encode(IDENTITY_SECRET))}`,
    });

    test('sees their own link and how each introduction stands, and no address', async () => {
      await refer();
      const { status, body } = await call('GET', '/advocates/ada', undefined, await asUser('ada'));
      expect(status).toBe(200);
      expect(body).toMatchObject({
        user_id: 'ada',
        referrals: [{ stage: 'submitted', company_name: 'Prospect Ltd' }],
        rewards: [],
      });
      expect(JSON.stringify(body)).not.toContain('jo@');
      expect(JSON.stringify(body)).toContain(`${house.url}/r/`);
    });

    test('sees nobody else’s', async () => {
      expect((await call('GET', '/advocates/bob', undefined, await asUser('ada'))).status).toBe(403);
      expect(
        (
          await call('GET', '/advocates/ada', undefined, {
            'x-goodturn-key': 'pk_test',
            authorization: 'Bearer nonsense',
          })
        ).status,
      ).toBe(401);
      expect(
        await call('GET', '/advocates/ada', undefined, { authorization: 'Bearer wk_test' }),
      ).toMatchObject({
        status: 403,
        body: {
          detail: expect.stringMatching(/^This is a write key; send the secret key .* or the publishable/),
        },
      });
      expect((await call('GET', '/advocates/ada', undefined, { authorization: '' })).status).toBe(401);
    });

    test('whom we do not know gets an empty answer', async () => {
      expect(await call('GET', '/advocates/zoe', undefined, await asUser('zoe'))).toEqual({
        status: 200,
        body: { user_id: 'zoe', link: null, referrals: [], rewards: [] },
      });
    });

    test('has one link however often it is asked for', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => call('GET', '/advocates/bob')));
      expect(new Set(answers.map(({ body }) => JSON.stringify(body['link']))).size).toBe(1);
    });
  });
});
