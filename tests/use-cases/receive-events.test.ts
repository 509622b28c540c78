import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { accountEvent, group, identify, joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

forEachDatabase('taking in events', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL, card: CARD } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const account = async (id: string) => (await house.secret('GET', `/v1/accounts/${id}`)).json;
  const asks = async () => (await house.secret('GET', '/v1/asks')).json.asks;
  const stored = async () => {
    const { rows } = await house.db.pool.query(
      `select id, trust from event where source = 'segment' order by id`,
    );
    return rows.map(({ id }) => String(id).replace('segment:', ''));
  };

  describe('an event that comes twice', () => {
    test('counts once, in one batch, in two and through another door', async () => {
      const tenth = track('ada', 'Workflow Completed', { id: 'once', account: 'acme' });
      await house.send([tenth, tenth]);
      const before = await account('acme');
      await house.send([tenth]);
      const { messageId, timestamp, context } = tenth;
      const body = {
        userId: 'ada',
        event: 'Workflow Completed',
        properties: {},
        messageId,
        timestamp,
        context,
      };
      expect((await house.call('POST', '/v1/track', { key: 'wk_test', body })).status).toBe(200);
      expect(await stored()).toEqual(['once']);
      expect(await account('acme')).toEqual(before);
    });

    test('counts once when it comes many times at once', async () => {
      await house.send(joined('ada', 'acme'));
      const score = scored('ada', 10, { id: 'once' });
      await Promise.all(Array.from({ length: 8 }, () => house.send([score])));
      await house.runJobs();
      await house.send([score]);
      await house.runJobs();
      expect(house.mails).toHaveLength(1);
    });

    test('keeps the time and the words it came with first', async () => {
      await house.send([scored('ada', 10, { id: 'once', account: 'acme' })]);
      await house.send([scored('ada', 2, { id: 'once', account: 'acme', at: START - DAY })]);
      const { rows } = await house.db.pool.query(
        `select occurred_at, properties from event where name = 'NPS Answered'`,
      );
      expect(rows).toEqual([{ occurred_at: new Date(START), properties: '{"score":10}' }]);
    });
  });

  describe('history that is imported', () => {
    test('is counted and asks nobody, not even when the account is looked at again', async () => {
      await house.send(
        [...joined('ada', 'acme'), scored('ada', 10), track('ada', 'Workflow Completed')],
        '/v1/import',
      );
      await house.pass(HOUR);
      expect((await account('acme')).readiness).toBeGreaterThan(80);
      expect(await asks()).toEqual([]);
      await house.send([track('ada', 'Report Shared', { at: house.now() })]);
      await house.runJobs();
      expect(await asks()).toEqual([]);
    });

    test('does not make an account forget that it waits for something', async () => {
      await house.send([...joined('ada', 'acme')]);
      const hold = { until: new Date(START + 5 * HOUR).toISOString(), reason: 'talks' };
      expect((await house.secret('POST', '/v1/accounts/acme/hold', hold)).status).toBe(204);
      await house.send([scored('ada', 10)]);
      await house.send([track('ada', 'Report Shared', { at: START - 30 * DAY })], '/v1/import');
      await house.pass(5 * HOUR);
      expect(await asks()).toMatchObject([{ trigger: 'mail', status: 'delivered' }]);
    });

    test('makes room for the events that follow it', async () => {
      await house.send([...joined('ada', 'acme'), scored('ada', 3, { at: START - 400 * DAY })], '/v1/import');
      await house.send([scored('ada', 9)]);
      await house.runJobs();
      expect(house.mails).toHaveLength(1);
    });
  });

  describe('a poison event', () => {
    const deep = (levels: number): Readonly<Record<string, unknown>> =>
      levels === 0 ? {} : { in: deep(levels - 1) };

    test('costs only itself, and is there to be read', async () => {
      const refused = await house.send([
        track('ada', 'Workflow Completed', { account: 'acme', id: 'good-1' }),
        { type: 'track', userId: { not: 'text' }, event: 'Workflow Completed', messageId: 'bad-1' },
        track('ada', 'With a \u0000 in it', { account: 'acme', id: 'bad-2' }),
        { type: 'trakc', userId: 'ada', messageId: 'bad-3' },
        track('ada', 'Report Shared', { account: 'acme', id: 'good-2' }),
      ]);
      expect(refused).toBe(3);
      expect(await stored()).toEqual(['good-1', 'good-2']);
      const { json } = await house.secret('GET', '/v1/rejections');
      expect(json.total).toBe(3);
      expect(json.latest.map(({ message_id }: { message_id: string }) => message_id).sort()).toEqual([
        'bad-1',
        'bad-2',
        'bad-3',
      ]);
    });

    test('counts, as does each message past the most that a batch may have', async () => {
      const batch = Array.from({ length: 2509 }, (_, index) => ({ type: 'trakc', messageId: `m${index}` }));
      expect(await house.send(batch)).toBe(2509);
      const { json } = await house.secret('GET', '/v1/rejections?limit=1');
      expect(json.total).toBe(2509);
      expect(json.latest).toMatchObject([{ messages: 9, message_id: 'm2500' }]);
    });

    test('is no reason to refuse what nobody thought of', async () => {
      const odd = [
        track('ada', 'Deep', { account: 'acme', id: 'deep', properties: deep(60) }),
        track('ada', 'Far back', { account: 'acme', id: 'old', at: Date.UTC(1970, 0, 2) }),
        track('constructor', 'toString', { account: 'hasOwnProperty', id: 'proto' }),
        track('ada', 'Polluting', {
          account: 'acme',
          id: 'own',
          properties: JSON.parse('{"__proto__": {"a": 1}}'),
        }),
        track('ada', 'Half a pair', { account: 'acme', id: 'half', properties: { text: '\ud83d' } }),
        scored('ada', 11, { account: 'acme', id: 'eleven' }),
      ];
      const refused = await house.send(odd);
      expect((await stored()).length + refused).toBe(odd.length);
      expect((await account('hasOwnProperty')).id).toBe('hasOwnProperty');
    });
  });

  describe('what a browser sends', () => {
    const fromBrowser = (messages: readonly object[], headers: Record<string, string> = {}) =>
      house.call('POST', '/v1/b', { body: { writeKey: 'pk_test', batch: messages }, headers });

    test('without a token is kept and counts for nobody', async () => {
      await house.send(joined('ada', 'acme'));
      const before = await account('acme');
      expect(
        (await fromBrowser([track('ada', 'Workflow Completed', { account: 'acme', id: 'public' })])).status,
      ).toBe(200);
      expect(await stored()).toContain('public');
      expect(await account('acme')).toEqual(before);
      expect(await asks()).toEqual([]);
    });

    test('with its user’s token counts, and opens what it would', async () => {
      await house.send(joined('ada', 'acme'));
      const authorization = `Bearer ${await house.token('ada')}`;
      await fromBrowser([track('ada', 'Workflow Completed')], { authorization });
      expect((await account('acme')).readiness).toBeGreaterThan(40);
      expect(await asks()).toMatchObject([{ trigger: 'card', person: 'ada' }]);
    });

    test('with another’s token is refused, and a score from a browser is none', async () => {
      await house.send([...joined('ada', 'acme'), ...joined('eve', 'acme')]);
      const authorization = `Bearer ${await house.token('eve')}`;
      const answer = await fromBrowser([track('ada', 'Workflow Completed'), scored('eve', 10)], {
        authorization,
      });
      expect(answer.headers.get('x-rejected')).toBe('1');
      expect((await account('acme')).readiness).toBe(0);
      expect(await asks()).toEqual([]);
    });

    test('cannot make anyone of another account a member of it by saying so without a token', async () => {
      await house.send(joined('ada', 'acme'));
      await fromBrowser([
        group('ada', 'birch', { name: 'Birch' }),
        identify('ada', { email: 'eve@evil.example' }),
      ]);
      await house.send([scored('ada', 9)]);
      await house.runJobs();
      expect(house.mails.map(({ to }) => to.address)).toEqual(['ada@customer.example']);
      expect((await account('acme')).asks).toMatchObject([{ person: 'ada' }]);
    });
  });

  describe('an account', () => {
    test('is decided anew when its people are said to be otherwise than known, and not when the same is said again', async () => {
      const decidedAt = async () => {
        const { rows } = await house.db.pool.query(`select evaluated_at from account where id = 'acme'`);
        return new Date(rows[0].evaluated_at).getTime();
      };
      const says = (traits: object) => identify('ada', traits, { at: house.now() });
      await house.send([...joined('ada', 'acme'), says({ title: 'analyst' })]);
      await house.pass(HOUR);
      await house.send([says({ title: 'analyst' })]);
      expect(await decidedAt()).toBeLessThan(house.now());
      await house.send([says({ title: 'director' }), says({ title: 'director' })]);
      expect(await decidedAt()).toBe(house.now());
      const before = house.now();
      await house.pass(HOUR);
      await house.send([says({ title: 'director' })]);
      expect(await decidedAt()).toBe(before);
      // Of a person of two accounts the other one may not have heard.
      await house.send([group('ada', 'globex', {}, { at: house.now() })]);
      await house.pass(HOUR);
      await house.send([identify('ada', { title: 'director' }, { at: house.now(), account: 'acme' })]);
      expect(await decidedAt()).toBe(house.now());
    });

    test('that has nobody in it is counted and asks nobody', async () => {
      await house.send([accountEvent('acme', 'Workflow Completed')]);
      await house.runJobs();
      expect((await account('acme')).readiness).toBeGreaterThan(40);
      expect(await asks()).toEqual([]);
    });

    test('is told of a score changed for the better, and of the same score again not', async () => {
      await house.send(joined('ada', 'acme'));
      const answer = (score: number, at: number) =>
        scored('ada', score, { at, properties: { response_id: 'r1' } });
      await house.send([answer(7, START)]);
      await house.pass(HOUR);
      expect(house.mails).toEqual([]);
      await house.send([answer(9, house.now())]);
      await house.pass(HOUR);
      expect(house.mails).toHaveLength(1);
      await house.send([answer(9, house.now())]);
      await house.pass(HOUR);
      expect(house.mails).toHaveLength(1);
    });
  });
});
