import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putMail } from '../../src/db/mails.ts';
import { SECOND } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, scored, track } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

forEachDatabase('once and no more', (open, kind) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  describe('message ids', () => {
    const report = (messageId: unknown, note = '') => ({
      ...track('ada', 'Report Shared', { at: START, account: 'acme', properties: { note } }),
      messageId,
    });
    const stored = async () => {
      const { rows } = await house.db.pool.query<{ id: string }>(
        "select id from event where source = 'segment' order by id",
      );
      return rows.map(({ id }) => id.replace('segment:', '')).sort();
    };

    // As messages that are read the quick way, and as ones that are not.
    test.each(['', 'a note that goes the long way round \u{1F600}'])(
      'are compared as they were written (note: %j)',
      async (note) => {
        const different = [
          'a',
          'A',
          'a ',
          ' a',
          'caf\u00E9',
          'cafe\u0301',
          '\u{1F600}',
          'x'.repeat(100),
          '7',
        ].sort();
        expect(await house.send(different.map((id) => report(id, note)))).toBe(0);
        expect(await house.send(different.map((id) => report(id, note)))).toBe(0);
        expect(await house.send([report(7, note)])).toBe(0); // is "7"
        expect(await stored()).toEqual(different);
      },
    );

    test.each(['', 'a note that goes the long way round \u{1F600}'])(
      'that could not be told apart once stored are refused, each by itself (note: %j)',
      async (note) => {
        // Both halves of a character would become the same sign for "unreadable".
        const faulty = ['\uD800', '\uD801', 'a\0b', 'x'.repeat(101), { a: 1 }, true];
        expect(await house.send([report('good', note), ...faulty.map((id) => report(id, note))])).toBe(
          faulty.length,
        );
        expect(await stored()).toEqual(['good']);
      },
    );

    test('that are missing are made up, and such messages count each time', async () => {
      for (const id of [undefined, null, '']) expect(await house.send([report(id)])).toBe(0);
      expect(await stored()).toHaveLength(3);
    });
  });

  test('each of many gets one mail, one that is refused for good none, whatever ticks overlap', async () => {
    const people = Array.from({ length: 30 }, (_, n) => `user-${n}`);
    await house.send(
      people.flatMap((user) => [
        identify(user, { email: `${user}@${user}.example`, name: 'Ada' }),
        group(user, `account of ${user}`),
        scored(user, 10),
      ]),
    );
    house.mailer.next(...Array(4).fill({ status: 'sent', response: '250' }), {
      status: 'failed',
      retry: false,
      bounce: false,
      reason: '554 refused',
    });
    const other = await house.startAnother({ mailer: house.mailer });
    await Promise.all([house.runJobs(), other.runJobs(), house.runJobs(), other.runJobs()]);
    await house.pass(60 * SECOND);
    await other.runJobs();
    await other.stop();
    const addresses = house.mails.map(({ to }) => to.address);
    expect(addresses.sort()).toEqual(people.map((user) => `${user}@${user}.example`).sort());
    const { asks } = (await house.secret('GET', '/v1/asks?limit=100')).json;
    const statuses = asks.map(({ status }: { status: string }) => status);
    expect(statuses.filter((status: string) => status === 'failed')).toHaveLength(1);
    expect(statuses.filter((status: string) => status === 'delivered')).toHaveLength(people.length - 1);
  });

  test.runIf(kind === 'postgres')('what is committed late is not overtaken for good', async () => {
    const notice = (id: string) =>
      ({
        id,
        accountId: '',
        purpose: 'alert',
        status: 'due',
        meantFor: `${id}@vendor.example`,
        message: { to: { name: null, address: `${id}@vendor.example` } },
        dueAt: house.now(),
      }) as const;
    const slow = await house.db.pool.connect();
    await slow.query('BEGIN');
    await putMail(slow, notice('first'), house.now());
    await putMail(house.db.pool, notice('second'), house.now());
    await house.runJobs();
    await slow.query('COMMIT');
    slow.release();
    await house.runJobs();
    await house.runJobs();
    expect(house.mails.map(({ to }) => to.address)).toEqual([
      'second@vendor.example',
      'first@vendor.example',
    ]);
  });
});
