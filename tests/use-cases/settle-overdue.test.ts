import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

/** Business hours are nine to five from Monday to Friday. */
const IN_HOURS = MAIL.replace('template: words', 'template: words\nsend: business_hours');

forEachDatabase('time that runs out', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: IN_HOURS, card: CARD } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const asksOf = async (id: string) => (await house.secret('GET', `/v1/asks?account_id=${id}`)).json.asks;
  const nudges = async () => (await house.as('ada', 'GET', '/v1/nudges')).json.nudges;
  const workflow = () => house.send([track('ada', 'Workflow Completed', { at: house.now() })]);

  describe('on a card', () => {
    test('nobody saw ends it as expired, and the next deed brings a new one', async () => {
      await house.send(joined('ada', 'acme'));
      await workflow();
      await house.pass(3 * DAY - SECOND);
      expect(await nudges()).toHaveLength(1);
      house.advance(SECOND);
      expect(await nudges()).toEqual([]);
      await house.runJobs();
      expect(await asksOf('acme')).toMatchObject([{ status: 'expired', delivered_at: null }]);
      await workflow();
      expect(await nudges()).toHaveLength(1);
    });

    test('that was shown and not answered ends it as ignored', async () => {
      await house.send(joined('ada', 'acme'));
      await workflow();
      const [{ id }] = await nudges();
      house.advance(DAY);
      await house.as('ada', 'POST', `/v1/nudges/${id}/shown`);
      await house.pass(2 * DAY);
      expect(await asksOf('acme')).toMatchObject([{ id, status: 'ignored' }]);
    });
  });

  describe('on an email', () => {
    test('that nobody answers ends it as ignored after a fortnight', async () => {
      await house.send([...joined('ada', 'acme'), scored('ada', 9)]);
      await house.runJobs();
      await house.pass(14 * DAY - MINUTE);
      expect(await asksOf('acme')).toMatchObject([{ status: 'delivered' }]);
      await house.pass(MINUTE);
      expect(await asksOf('acme')).toMatchObject([{ status: 'ignored' }]);
      expect(house.mails).toHaveLength(1);
    });

    test('that goes out after its deadline is late, and still goes out', async () => {
      house.setNow(START + 2 * DAY + 8 * HOUR); // Friday, 18:00
      await house.send([...joined('ada', 'acme', house.now()), scored('ada', 9, { at: house.now() })]);
      await house.runJobs();
      expect(house.mails).toEqual([]);
      await house.pass(63 * HOUR); // Monday, 09:00
      expect(await asksOf('acme')).toMatchObject([{ status: 'delivered', late: true }]);
    });

    test('that goes out in time is not late', async () => {
      await house.send([...joined('ada', 'acme'), scored('ada', 9)]);
      await house.runJobs();
      expect(await asksOf('acme')).toMatchObject([{ status: 'delivered', late: false }]);
    });

    test('that could not go out in time expires as missed, and frees its place', async () => {
      house.setNow(START + 8 * HOUR); // Wednesday, 18:00: due on Thursday at 09:00
      await house.send([...joined('ada', 'acme', house.now()), scored('ada', 9, { at: house.now() })]);
      // The service was down over the weekend.
      await house.pass(4 * DAY);
      expect(await asksOf('acme')).toMatchObject([{ status: 'expired', status_reason: 'missed' }]);
      expect(house.mails).toEqual([]);
      house.advance(DAY - 8 * HOUR); // Monday, 10:00
      await house.send([scored('ada', 10, { at: house.now() })]);
      await house.runJobs();
      expect(house.mails).toHaveLength(1);
    });
  });
});
