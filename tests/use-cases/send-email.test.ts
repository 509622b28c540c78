import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/delivery/mailer.ts';
import { WAITS } from '../../src/delivery/retry.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

const failed = (more: Partial<SendResult & { status: 'failed' }> = {}): SendResult => ({
  status: 'failed',
  retry: true,
  bounce: false,
  reason: '451 try again later',
  ...more,
});
const unknown: SendResult = { status: 'unknown', reason: 'the connection broke after the text was sent' };

forEachDatabase('sending an email', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL, card: CARD, draft: DRAFT } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const ask = async (account = 'acme') =>
    (await house.secret('GET', `/v1/asks?account_id=${account}`)).json.asks[0];
  const aPromoter = (userId = 'ada', account = 'acme') =>
    house.send([...joined(userId, account, house.now()), scored(userId, 10, { at: house.now() })]);
  const mails = async () =>
    (await house.db.pool.query('select id, status, attempts from mail order by id')).rows;

  describe('that may or may not have arrived', () => {
    test('is never sent again, and says so', async () => {
      house.mailer.next(unknown);
      await aPromoter();
      await house.runJobs();
      expect(await ask()).toMatchObject({
        status: 'unknown',
        status_reason: expect.stringContaining('connection broke'),
      });
      for (let day = 0; day < 4; day += 1) await house.pass(DAY);
      expect(house.mails).toHaveLength(1);
      expect(await mails()).toMatchObject([{ status: 'unknown', attempts: 1 }]);
    });

    test('counts as an ask of the account, until that is over by time', async () => {
      house.mailer.next(unknown);
      await aPromoter();
      await house.runJobs();
      await house.send([track('ben', 'Workflow Completed', { account: 'acme' })]);
      expect((await house.as('ben', 'GET', '/v1/nudges')).json.nudges).toEqual([]);
      const why = async () =>
        (await house.secret('GET', '/v1/accounts/acme/why?trigger=card')).json.triggers[0].gates;
      expect(await why()).toContainEqual(
        expect.objectContaining({
          gate: 'per_account.asks',
          passes: false,
          could_pass_at: new Date(START + 14 * DAY).toISOString(),
        }),
      );
    });

    test('can still be answered by hand', async () => {
      house.mailer.next(unknown);
      await aPromoter();
      await house.runJobs();
      const { id } = await ask();
      expect((await house.secret('POST', `/v1/asks/${id}/accepted`)).json).toMatchObject({
        status: 'accepted',
      });
    });

    test('because its sender died is given up after its lease, and not sent again', async () => {
      let free = (_: SendResult): void => {};
      house.mailer.next(
        new Promise((resolve) => {
          free = resolve;
        }),
      );
      await aPromoter();
      const dying = house.runJobs();
      await expect.poll(() => house.mails.length).toBe(1);
      expect(await ask()).toMatchObject({ status: 'sending' });
      const other = await house.startAnother({ mailer: house.mailer });
      try {
        house.advance(9 * MINUTE);
        await other.runJobs();
        if (house.db.kind === 'postgres') expect(await ask()).toMatchObject({ status: 'sending' });
        house.advance(2 * MINUTE);
        await other.runJobs();
        expect(await ask()).toMatchObject({ status: 'unknown' });
        await other.runJobs();
        expect(house.mails).toHaveLength(1);
        // The first was only slow: what it says now comes too late to change anything.
        free({ status: 'sent', response: '250 taken' });
        await dying;
        expect(await ask()).toMatchObject({ status: 'unknown' });
        expect(await mails()).toMatchObject([{ status: 'unknown' }]);
      } finally {
        await other.stop();
      }
    });
  });

  describe('that did not get through', () => {
    test('is tried again after the waits we promise, with the same message each time', async () => {
      house.mailer.next(failed(), failed(), failed(), failed(), failed(), failed());
      await aPromoter();
      await house.runJobs();
      for (const [index, wait] of WAITS.entries()) {
        await house.pass(wait - SECOND);
        expect(house.mails).toHaveLength(index + 1);
        expect(await ask()).toMatchObject({ status: 'scheduled', status_reason: '451 try again later' });
        await house.pass(SECOND);
        expect(house.mails).toHaveLength(index + 2);
      }
      expect(new Set(house.mails.map(({ messageId }) => messageId)).size).toBe(1);
      expect(await ask()).toMatchObject({ status: 'failed' });
      await house.pass(DAY);
      expect(house.mails).toHaveLength(WAITS.length + 1);
    });

    test('and gets through then is delivered once', async () => {
      house.mailer.next(failed());
      await aPromoter();
      await house.runJobs();
      await house.pass(MINUTE);
      expect(await ask()).toMatchObject({ status: 'delivered' });
      expect(await mails()).toMatchObject([{ status: 'sent', attempts: 2 }]);
      await house.pass(HOUR);
      expect(house.mails).toHaveLength(2);
    });

    test('is not tried again after its time', async () => {
      house.mailer.next(failed());
      house.setNow(START);
      await aPromoter();
      house.setNow(START + 72 * HOUR - 30 * SECOND);
      await house.runJobs();
      expect(await ask()).toMatchObject({ status: 'failed' });
      expect(house.mails).toHaveLength(1);
    });

    test('is checked again before each try: bad news meanwhile takes it back', async () => {
      house.mailer.next(failed());
      await aPromoter();
      await house.runJobs();
      await house.send([
        track('ben', 'Ticket Opened', { account: 'acme', properties: { priority: 'urgent' } }),
      ]);
      await house.pass(MINUTE);
      expect(await ask()).toMatchObject({
        status: 'withdrawn',
        status_reason: expect.stringMatching(/ticket/i),
      });
      expect(house.mails).toHaveLength(1);
    });

    test('for good is failed, and its place is free for the next', async () => {
      house.mailer.next(failed({ retry: false }));
      await aPromoter();
      await house.send([track('ben', 'Workflow Completed', { account: 'acme' })]);
      expect((await house.as('ben', 'GET', '/v1/nudges')).json.nudges).toEqual([]);
      await house.runJobs();
      await house.pass(MINUTE);
      expect((await house.as('ben', 'GET', '/v1/nudges')).json.nudges).toHaveLength(1);
    });

    test('because there is no such address ends all mail to it', async () => {
      house.mailer.next(failed({ retry: false, bounce: true, reason: '550 no such user' }));
      await aPromoter();
      await house.runJobs();
      const { json } = await house.secret('GET', '/v1/accounts/acme');
      expect(json.people).toMatchObject([{ id: 'ada', suppressed: 'all' }]);
    });
  });

  test('whose words cannot be made is failed, says why and frees its place', async () => {
    await aPromoter();
    await house.send([track('ben', 'Workflow Completed', { account: 'acme' })]);
    await house.db.pool.query(`update ask set template = 'gone' where status = 'scheduled'`);
    await house.runJobs();
    expect(await ask()).toMatchObject({ status: 'failed', status_reason: expect.stringContaining('"gone"') });
    expect(house.takeErrors()).toHaveLength(1);
    await house.pass(MINUTE);
    expect((await house.as('ben', 'GET', '/v1/nudges')).json.nudges).toHaveLength(1);
    expect(house.mails).toEqual([]);
  });

  test('says in its headers how to end such mails, and goes to one address only', async () => {
    await house.send([
      ...joined('ada', 'acme', START, { csm_email: 'sam@vendor.example', csm_name: 'Sam Reed' }),
      scored('ada', 9),
    ]);
    await house.runJobs();
    expect(house.mails).toMatchObject([
      {
        to: { address: 'ada@customer.example' },
        from: { name: 'Sam Reed', address: 'growth@vendor.example' },
        replyTo: { address: 'sam@vendor.example' },
        headers: {
          'List-Unsubscribe': expect.stringMatching(/^<https:.*unsubscribe\/.*>$/),
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      },
    ]);
  });
});
