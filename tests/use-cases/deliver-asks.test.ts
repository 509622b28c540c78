import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { identify, joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

/** It goes out two hours after it was decided. */
const LATER = MAIL.replace('template: words', 'template: words\ndelay: 2h');

forEachDatabase('between the decision and the delivery', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: LATER, card: CARD, draft: DRAFT } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const asks = async (account = 'acme') =>
    (await house.secret('GET', `/v1/asks?account_id=${account}`)).json.asks;
  const decided = async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    expect(await asks()).toMatchObject([{ status: 'scheduled' }]);
  };
  const reasonOf = async () => {
    await house.pass(2 * HOUR);
    expect(house.mails).toEqual([]);
    const [ask] = await asks();
    expect(ask.status).toBe('withdrawn');
    return ask.status_reason;
  };
  const nudgesOf = async (userId: string) => (await house.as(userId, 'GET', '/v1/nudges')).json.nudges;

  test('nothing happened: it goes out', async () => {
    await decided();
    await house.pass(2 * HOUR - MINUTE);
    expect(house.mails).toEqual([]);
    await house.pass(MINUTE);
    expect(house.mails).toHaveLength(1);
  });

  describe('it is withdrawn because', () => {
    test('the address was suppressed', async () => {
      await decided();
      await house.secret('POST', '/v1/suppressions', { addresses: ['ADA@customer.example'], scope: 'asks' });
      expect(await reasonOf()).toContain('does not want to be asked');
    });

    test('the account is held', async () => {
      await decided();
      await house.secret('POST', '/v1/accounts/acme/hold', {
        until: '2026-02-01',
        reason: 'renewal talks',
        by: 'sam',
      });
      expect(await reasonOf()).toContain('renewal talks');
    });

    test('the person is held', async () => {
      await decided();
      await house.secret('POST', '/v1/people/ada/hold', {
        until: '2026-02-01',
        reason: 'I asked her on the phone',
        by: 'sam',
      });
      expect(await reasonOf()).toContain('I asked her on the phone');
    });

    test('everything is paused', async () => {
      await decided();
      await house.secret('POST', '/v1/pause', {});
      expect(await reasonOf()).toContain('stopped by hand');
    });

    test('its trigger is paused', async () => {
      await decided();
      await house.secret('POST', '/v1/pause', { trigger: 'mail' });
      expect(await reasonOf()).toContain('stopped by hand');
    });

    test('something broke there', async () => {
      await decided();
      await house.send([
        track('ben', 'Ticket Opened', { account: 'acme', properties: { priority: 'urgent' } }),
      ]);
      expect(await reasonOf()).toMatch(/ticket/i);
    });

    test('the person thought better of it', async () => {
      await decided();
      await house.send([scored('ada', 3, { at: START })]);
      expect(await reasonOf()).toContain('gave a 3');
    });

    test('the person is one of our own now', async () => {
      await decided();
      await house.send([identify('ada', { email: 'ada@vendor.example' })]);
      expect(await reasonOf()).toContain('our own');
    });

    test('the person has no address any more', async () => {
      await decided();
      await house.send([identify('ada', { email: null })]);
      expect(await reasonOf()).toContain('address');
    });
  });

  describe('a pause', () => {
    test('holds what comes meanwhile, and its end lets that go', async () => {
      await house.secret('POST', '/v1/pause', { by: 'sam', reason: 'an outage' });
      await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
      await house.pass(3 * HOUR);
      expect(await asks()).toEqual([]);
      expect((await house.secret('POST', '/v1/resume', {})).json).toEqual({ resumed: 1 });
      await house.runJobs();
      await house.pass(2 * HOUR);
      expect(house.mails).toHaveLength(1);
    });

    test('until a day ends by itself', async () => {
      await house.secret('POST', '/v1/pause', { until: new Date(START + 5 * HOUR).toISOString() });
      await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
      await house.pass(5 * HOUR - MINUTE);
      expect(await asks()).toEqual([]);
      await house.pass(MINUTE);
      expect(await asks()).toMatchObject([{ status: 'scheduled' }]);
    });

    test('of one trigger leaves the others alone', async () => {
      await house.secret('POST', '/v1/pause', { trigger: 'mail' });
      await house.send([...joined('ada', 'acme'), scored('ada', 10), track('ada', 'Workflow Completed')]);
      await house.pass(3 * HOUR);
      expect(await asks()).toMatchObject([{ trigger: 'card' }]);
    });

    test('of a trigger that does not exist is refused, and says which do', async () => {
      const answer = await house.secret('POST', '/v1/pause', { trigger: 'male' });
      expect([answer.status, answer.json.detail]).toEqual([404, expect.stringContaining('mail')]);
    });
  });

  describe('a hold', () => {
    test('that is lifted lets go what waits', async () => {
      await house.send(joined('ada', 'acme'));
      await house.secret('POST', '/v1/accounts/acme/hold', { until: '2026-02-01', reason: 'talks' });
      await house.send([scored('ada', 10)]);
      expect(await asks()).toEqual([]);
      expect((await house.secret('DELETE', '/v1/accounts/acme/hold')).status).toBe(204);
      expect(await asks()).toMatchObject([{ status: 'scheduled' }]);
    });

    test('of a person that is lifted lets go what waits', async () => {
      await house.send(joined('ada', 'acme'));
      await house.secret('POST', '/v1/people/ada/hold', { until: '2026-02-01', reason: 'on leave' });
      await house.send([scored('ada', 10)]);
      expect((await house.secret('DELETE', '/v1/people/ada/hold')).status).toBe(204);
      await house.runJobs();
      expect(await asks()).toMatchObject([{ status: 'scheduled' }]);
    });

    test('takes a card down at once, and so does a "no more asks"', async () => {
      await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
      await house.send([...joined('ben', 'birch'), track('ben', 'Workflow Completed')]);
      expect([(await nudgesOf('ada')).length, (await nudgesOf('ben')).length]).toEqual([1, 1]);
      await house.secret('POST', '/v1/people/ada/hold', { until: '2026-02-01', reason: 'on leave' });
      await house.secret('POST', '/v1/suppressions', { addresses: ['ben@customer.example'], scope: 'asks' });
      expect([await nudgesOf('ada'), await nudgesOf('ben')]).toEqual([[], []]);
    });
  });

  describe('the caps count', () => {
    const gates = async (trigger: string) => {
      const { json } = await house.secret('GET', `/v1/accounts/acme/why?trigger=${trigger}`);
      return json.triggers[0].gates.flatMap(({ gate, passes }: { gate: string; passes: boolean }) =>
        passes ? [] : gate,
      );
    };

    test('over channels: whoever accepted a card is sent no email', async () => {
      await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
      const [{ id }] = await nudgesOf('ada');
      await house.as('ada', 'POST', `/v1/nudges/${id}/accepted`);
      await house.send([scored('ada', 10)]);
      await house.pass(3 * HOUR);
      expect(house.mails).toEqual([]);
      expect(await gates('mail')).toEqual(expect.arrayContaining(['per_person.asks', 'per_account.asks']));
    });

    test('over people: a colleague is not asked in the same fortnight, and is after it', async () => {
      await decided();
      await house.pass(2 * HOUR);
      await house.send([
        ...joined('ben', 'acme', house.now()),
        track('ben', 'Workflow Completed', { at: house.now() }),
      ]);
      expect(await nudgesOf('ben')).toEqual([]);
      await house.pass(14 * DAY);
      await house.send([track('ben', 'Workflow Completed', { at: house.now() })]);
      expect(await nudgesOf('ben')).toHaveLength(1);
    });

    test('over accounts: a person in two is asked in one', async () => {
      await decided();
      await house.send([...joined('ada', 'birch'), scored('ada', 10, { account: 'birch' })]);
      await house.pass(3 * HOUR);
      expect(house.mails).toHaveLength(1);
    });

    test('over accounts: the place that comes free in one is taken in the other', async () => {
      await decided();
      await house.send([...joined('ada', 'birch'), scored('ada', 10, { account: 'birch' })]);
      expect(await asks('birch')).toEqual([]);
      await house.secret('POST', '/v1/accounts/acme/hold', { until: '2026-02-01', reason: 'talks' });
      await house.pass(2 * HOUR);
      await house.runJobs();
      await house.pass(2 * HOUR);
      expect(await asks('birch')).toMatchObject([{ status: 'delivered' }]);
    });

    test('over accounts: a card in one gives way to a stronger ask in the other', async () => {
      await house.send([...joined('ada', 'birch'), track('ada', 'Workflow Completed', { account: 'birch' })]);
      expect(await nudgesOf('ada')).toHaveLength(1);
      await house.send([...joined('ada', 'acme'), scored('ada', 10, { account: 'acme' })]);
      await house.runJobs();
      expect(await nudgesOf('ada')).toEqual([]);
    });

    test('an ask that was withdrawn not at all', async () => {
      await decided();
      await house.secret('POST', '/v1/accounts/acme/hold', {
        until: new Date(START + 3 * HOUR).toISOString(),
        reason: 'talks',
      });
      await house.pass(2 * HOUR);
      expect(house.mails).toEqual([]);
      await house.pass(2 * HOUR);
      await house.send([scored('ada', 9, { at: house.now() })]);
      await house.pass(2 * HOUR);
      expect(house.mails).toHaveLength(1);
    });

    test('a card nobody has seen not at all: a stronger ask takes its place', async () => {
      await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
      await house.send([scored('ada', 10)]);
      expect(await nudgesOf('ada')).toEqual([]);
      await house.pass(2 * HOUR);
      expect(house.mails).toHaveLength(1);
      const card = (await asks()).find(({ trigger }: { trigger: string }) => trigger === 'card');
      expect(card).toMatchObject({ status: 'withdrawn', status_reason: 'another ask came first' });
    });

    test('and an owner with three drafts a day gets the rest tomorrow, the readiest first', async () => {
      const owner = { csm_email: 'sam@vendor.example' };
      for (const [index, account] of ['a1', 'a2', 'a3', 'a4'].entries()) {
        await house.send([
          ...joined(`user-${account}`, account, START, owner),
          ...(index === 3 ? [track(`user-${account}`, 'Workflow Completed')] : []),
          track(`user-${account}`, 'Kind Words', { properties: { text: 'Lovely' } }),
        ]);
      }
      await house.runJobs();
      const open = async () => {
        const { json } = await house.secret('GET', '/v1/asks?trigger=draft&status=open');
        return json.asks.map(({ account }: { account: string }) => account).sort();
      };
      expect(await open()).toHaveLength(3);
      expect(await open()).toContain('a4');
      await house.pass(DAY);
      await house.runJobs();
      expect((await house.secret('GET', '/v1/asks?trigger=draft&status=scheduled')).json.asks).toEqual([]);
    });
  });
});
