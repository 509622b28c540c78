import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SendResult } from '../../src/delivery/mailer.ts';
import { HOUR, MINUTE } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

const [pglite] = databases;
if (pglite === undefined) throw new Error('PGlite is always there.');

let house: House;
beforeAll(async () => {
  house = await openHouse(pglite.open, { catalog: { triggers: { mail: MAIL } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const DOWN: SendResult = { status: 'failed', retry: true, bounce: false, reason: '421 4.3.2 not now' };

/** The mail server refuses everything for that long; a tick every minute. Answers how many it was offered in each. */
async function down(length: number): Promise<number[]> {
  const offered: number[] = [];
  for (let at = 0; at < length; at += MINUTE) {
    house.mailer.reset();
    house.mailer.next(...Array<SendResult>(100).fill(DOWN));
    await house.pass(MINUTE);
    offered.push(house.mails.length);
  }
  house.mailer.reset();
  return offered;
}

const promoters = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      house.send([
        ...joined(`user${n}`, `account${n}`, house.now()),
        scored(`user${n}`, 10, { at: house.now() }),
      ]),
    ),
  );
const statuses = async () =>
  (await house.secret('GET', '/v1/asks?limit=100')).json.asks.map((ask: { status: string }) => ask.status);

test('a mail server that is out for an hour is asked by one mail a minute, and then gets them all, each once', async () => {
  house.mailer.next(...Array<SendResult>(100).fill(DOWN));
  await promoters(30);
  const offered = await down(HOUR);
  expect(Math.max(...offered)).toBeLessThanOrEqual(1);
  const arrived: string[] = [];
  let most = 0;
  for (let minute = 0; minute < 8 * 60 && arrived.length < 30; minute += 5) {
    house.mailer.reset();
    await house.pass(5 * MINUTE);
    most = Math.max(most, house.mails.length);
    arrived.push(...house.mails.map(({ messageId }) => messageId));
  }
  expect(most).toBeLessThanOrEqual(20);
  expect(new Set(arrived).size).toBe(30);
  expect(arrived).toHaveLength(30);
  expect(new Set(await statuses())).toEqual(new Set(['delivered']));
});

test('one that is out for longer than an ask may wait gets none of them: they have expired', async () => {
  house.mailer.next(...Array<SendResult>(100).fill(DOWN));
  await promoters(3);
  for (let hour = 0; hour < 80; hour += 1) {
    house.mailer.reset();
    house.mailer.next(...Array<SendResult>(100).fill(DOWN));
    await house.pass(HOUR);
  }
  house.mailer.reset();
  await house.pass(HOUR);
  expect(house.mails).toEqual([]);
  for (const status of await statuses()) expect(['expired', 'failed']).toContain(status);
});
