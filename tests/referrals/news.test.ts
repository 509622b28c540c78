import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { day } from '../builders.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined } from '../messages.ts';

let house: House;
beforeAll(async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  // A Saturday, so that all news wait for Monday.
  house = await openHouse(database.open, { at: day(3) });
});
afterAll(() => house.close());

test('news of a referral that waited for the same morning come in their order', async () => {
  await house.send(joined('ada', 'acme', house.now() - 100 * DAY, { created_at: '2025-01-01' }));
  const body = { advocate: 'ada', email: 'jonas@lumen.example', company: 'Lumen' };
  const { id } = (await house.secret('POST', '/v1/referrals', body)).json;
  for (const stage of ['qualified', 'won']) {
    await house.secret('POST', `/v1/referrals/${id}/stage`, { stage });
    await house.pass(HOUR);
  }
  expect(house.mails).toEqual([]);
  await house.pass(2 * DAY);
  expect(house.mails.map(({ to, subject }) => `${to.address}: ${subject}`)).toEqual([
    'ada@customer.example: Lumen: a good introduction',
    'ada@customer.example: Lumen is on board, thanks to you',
  ]);
});
