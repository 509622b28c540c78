import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

forEachDatabase('in rehearsal', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      environment: { MODE: 'rehearsal', REHEARSAL_TO: 'rehearsal@vendor.example' },
      catalog: { triggers: { mail: MAIL, card: CARD, draft: DRAFT } },
    });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  test('an email goes to us and says to whom it would have gone', async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    await house.runJobs();
    expect(house.mails.map(({ to }) => to.address)).toEqual(['rehearsal@vendor.example']);
    expect(house.mails[0]?.subject).toContain('Rehearsal');
    expect(house.mails[0]?.text).toContain('ada@customer.example');
    const { rows } = await house.db.pool.query('select meant_for from mail');
    expect(rows).toEqual([{ meant_for: 'ada@customer.example' }]);
  });

  test('the notice of a draft goes to us as well', async () => {
    await house.send([
      ...joined('ada', 'acme', house.now(), { csm_email: 'sam@vendor.example' }),
      track('ada', 'Kind Words'),
    ]);
    await house.runJobs();
    expect(house.mails.map(({ to }) => to.address)).toEqual(['rehearsal@vendor.example']);
    expect(house.mails[0]?.text).toContain('sam@vendor.example');
  });

  test('no customer sees a card', async () => {
    await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
    expect((await house.secret('GET', '/v1/asks')).json.asks).toMatchObject([
      { channel: 'nudge', status: 'open' },
    ]);
    expect((await house.as('ada', 'GET', '/v1/nudges')).json.nudges).toEqual([]);
  });

  test('whoever has an address of ours sees theirs', async () => {
    await house.send([
      identify('tess', { email: 'tess@vendor.example' }),
      group('tess', 'acme'),
      track('tess', 'Workflow Completed'),
    ]);
    expect((await house.as('tess', 'GET', '/v1/nudges')).json.nudges).toHaveLength(1);
  });

  test('an address that bounces is ours, so the customer’s stays good', async () => {
    house.mailer.next({ status: 'failed', retry: false, bounce: true, reason: '550 no such user' });
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    await house.runJobs();
    expect((await house.secret('GET', '/v1/accounts/acme')).json.people).toMatchObject([
      { suppressed: null },
    ]);
  });
});
