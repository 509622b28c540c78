import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track, trackAnonymous } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

forEachDatabase('who somebody is', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const scoreByAddress = (address: string, score: number, more: object = {}) =>
    house.call('POST', '/v1/nps', { key: 'wk_test', body: { email: address, score, ...more } });
  const asksOf = async (id: string) => {
    const { json } = await house.secret('GET', `/v1/asks?account_id=${id}`);
    return json.asks.map(({ person, status }: { person: string; status: string }) => `${person}: ${status}`);
  };
  const peopleBehind = async (name: string) => {
    const { rows } = await house.db.pool.query(
      'select person_id, account_id from event where name = $1 order by occurred_at, id',
      [name],
    );
    return rows.map((row) => `${row.person_id} at ${row.account_id || 'no account'}`);
  };

  describe('a visitor who signs in', () => {
    const visit = trackAnonymous('visitor-1', 'Workflow Completed', { at: START - MINUTE });
    const signIn = identify(
      'ada',
      { email: 'ada@customer.example' },
      { anonymousId: 'visitor-1', at: START - 1 },
    );

    test.each([
      ['the visit first', [[visit], [signIn, group('ada', 'acme')]]],
      ['the sign-in first', [[signIn, group('ada', 'acme')], [visit]]],
      ['all at once', [[visit, signIn, group('ada', 'acme')]]],
      ['the account last', [[visit], [signIn], [group('ada', 'acme')]]],
    ])('is one person: %s', async (_order, batches) => {
      for (const batch of batches) await house.send(batch);
      expect(await peopleBehind('Workflow Completed')).toEqual(['ada at acme']);
      expect((await house.secret('GET', '/v1/accounts/acme')).json.readiness).toBeGreaterThan(40);
    });

    test('on a shared computer the first to sign in is the visitor', async () => {
      await house.send([visit, identify('ben', {}, { anonymousId: 'visitor-1', at: START })]);
      expect(await peopleBehind('Workflow Completed')).toEqual(['ben at no account']);
      await house.send([signIn]);
      expect(await peopleBehind('Workflow Completed')).toEqual(['ada at no account']);
    });
  });

  describe('an address in a survey', () => {
    test.each([
      ['the score first', ['score', 'person']],
      ['the person first', ['person', 'score']],
    ])('is the user who has it: %s', async (_order, steps) => {
      for (const step of steps) {
        if (step === 'score') await scoreByAddress('Ada@Customer.example', 10);
        else await house.send(joined('ada', 'acme', START - HOUR));
      }
      expect(await peopleBehind('NPS Answered')).toEqual(['ada at acme']);
      await house.runJobs();
      expect(await asksOf('acme')).toEqual(['ada: delivered']);
    });

    test('counts for an account even when nobody else knows it', async () => {
      await house.send(joined('ben', 'acme'));
      await scoreByAddress('ada@customer.example', 10, { account_id: 'acme' });
      await house.runJobs();
      expect(house.mails.map(({ to }) => to.address)).toEqual(['ada@customer.example']);
    });

    test('that was asked already is not asked again under its user’s name', async () => {
      await scoreByAddress('ada@customer.example', 10, { account_id: 'acme' });
      await house.runJobs();
      await house.send(joined('ada', 'acme'));
      expect(await asksOf('acme')).toEqual(['ada: delivered']);
      house.advance(HOUR);
      await house.send([scored('ada', 9, { at: START + HOUR })]);
      await house.send([
        ...joined('ada', 'birch', START + HOUR),
        scored('ada', 9, { account: 'birch', at: START + HOUR }),
      ]);
      await house.runJobs();
      expect(house.mails).toHaveLength(1);
    });

    test('whose ask still waits is asked as the user it turned out to be', async () => {
      const urgent = { account: 'acme', at: START - HOUR, properties: { priority: 'urgent' } };
      await house.send([track('ben', 'Ticket Opened', urgent)]);
      await scoreByAddress('ada@customer.example', 10, { account_id: 'acme' });
      await house.send(joined('ada', 'acme'));
      house.advance(HOUR);
      await house.send([track('ben', 'Ticket Solved', { account: 'acme', at: START + HOUR })]);
      await house.runJobs();
      expect(await asksOf('acme')).toEqual(['ada: delivered']);
    });

    test('and its user may both have a link by then, and neither link dies', async () => {
      await scoreByAddress('ada@customer.example', 10, { account_id: 'acme' });
      await house.runJobs();
      await house.send([group('ada', 'acme')]);
      const { json } = await house.as('ada', 'GET', '/v1/advocates/ada');
      const before = /\/a\/\S+/.exec(house.mails[0]?.text ?? '')?.[0] ?? '';
      await house.send([identify('ada', { email: 'ada@customer.example' })]);
      const page = await house.open(before);
      expect(page.status).toBe(200);
      expect((await house.open(json.link.url)).status).toBe(200);
    });

    test('keeps a hold that somebody put on it', async () => {
      await scoreByAddress('ada@customer.example', 5, { account_id: 'acme' });
      const hold = { until: '2026-06-01', reason: 'on leave', by: 'sam' };
      expect((await house.secret('POST', '/v1/people/email:ada@customer.example/hold', hold)).status).toBe(
        204,
      );
      await house.send([...joined('ada', 'acme'), scored('ada', 10, { at: START + MINUTE })]);
      house.advance(HOUR);
      await house.runJobs();
      expect(await asksOf('acme')).toEqual([]);
    });
  });
});
