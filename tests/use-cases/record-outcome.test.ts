import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findAsk, moveAsk } from '../../src/db/asks.ts';
import type { AskStatus } from '../../src/engine/account.ts';
import { DAY, MINUTE } from '../../src/engine/time.ts';
import { type Outcome, recordOutcome } from '../../src/use-cases/record-outcome.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, track } from '../messages.ts';
import { CARD } from '../small-catalog.ts';

/** What each outcome makes of a nudge in each state; `–`: it is refused as a conflict. */
const BECOMES: Readonly<Record<string, Readonly<Record<Outcome, AskStatus | '–'>>>> = {
  open: {
    shown: 'delivered',
    accepted: 'accepted',
    declined: 'declined',
    closed: 'ignored',
    snoozed: 'delivered',
  },
  delivered: {
    shown: 'delivered',
    accepted: 'accepted',
    declined: 'declined',
    closed: 'ignored',
    snoozed: 'delivered',
  },
  accepted: { shown: 'accepted', accepted: 'accepted', declined: '–', closed: '–', snoozed: '–' },
  declined: { shown: 'declined', accepted: '–', declined: 'declined', closed: '–', snoozed: '–' },
  // The card was shown and nobody answered in time.
  ignored: { shown: 'ignored', accepted: '–', declined: '–', closed: '–', snoozed: '–' },
  // An impression that was made is recorded, even if the card was taken back or ran out meanwhile.
  withdrawn: {
    shown: 'delivered',
    accepted: 'accepted',
    declined: 'declined',
    closed: 'ignored',
    snoozed: 'delivered',
  },
  expired: {
    shown: 'delivered',
    accepted: 'accepted',
    declined: 'declined',
    closed: 'ignored',
    snoozed: 'delivered',
  },
  failed: { shown: 'failed', accepted: '–', declined: '–', closed: '–', snoozed: '–' },
};

forEachDatabase('what a person did with a nudge', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { card: CARD } } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  /** A nudge to Ada, brought into a state. */
  async function aNudge(status: string) {
    await house.send([...joined('ada', 'acme'), track('ada', 'Workflow Completed')]);
    const [{ id }] = (await house.as('ada', 'GET', '/v1/nudges')).json.nudges;
    const ask = { id, accountId: 'acme' };
    const pool = house.db.pool;
    const say = (outcome: Outcome) => recordOutcome(house.deps(), { askId: id, outcome, by: 'product_app' });
    if (status === 'delivered') await say('shown');
    if (status === 'accepted') await say('accepted');
    if (status === 'declined') await say('declined');
    if (status === 'ignored') {
      await say('shown');
      await moveAsk(pool, ask, ['delivered'], 'ignored', { settledAt: START });
    }
    if (status === 'withdrawn' || status === 'expired' || status === 'failed')
      await moveAsk(pool, ask, ['open'], status, { settledAt: START });
    house.advance(MINUTE);
    return { id, say, read: () => findAsk(pool, id) };
  }

  const eventsOf = async (id: string) => {
    const { rows } = await house.db.pool.query(
      `select name from event where id like $1 order by occurred_at, id`,
      [`goodturn:${id}:%`],
    );
    return rows.map(({ name }) => String(name));
  };

  describe.each(Object.entries(BECOMES))('once it is %s', (status, outcomes) => {
    test.each(Object.entries(outcomes))('and it is %s, is %s', async (outcome, becomes) => {
      const nudge = await aNudge(status);
      const before = await nudge.read();
      const events = await eventsOf(nudge.id);
      const said = await house.as('ada', 'POST', `/v1/nudges/${nudge.id}/${outcome}`);
      if (becomes === '–') {
        expect(said.status).toBe(409);
        expect(said.json.detail).toContain(`is ${status}`);
        expect(await nudge.read()).toEqual(before);
        expect(await eventsOf(nudge.id)).toEqual(events);
        return;
      }
      expect(said.json).toMatchObject({ id: nudge.id, status: becomes });
      expect((await nudge.read())?.status).toBe(becomes);
      const again = await house.as('ada', 'POST', `/v1/nudges/${nudge.id}/${outcome}`);
      expect([again.status, again.json]).toEqual([200, said.json]);
    });
  });

  test('says that it was shown when it is answered unseen', async () => {
    const { id, say } = await aNudge('open');
    await say('accepted');
    expect(await eventsOf(id)).toEqual(['Ask Scheduled', 'Ask Accepted', 'Ask Shown']);
  });

  test('counts once when two devices say it at the same time', async () => {
    const { id, say } = await aNudge('open');
    const answers = await Promise.allSettled([
      say('accepted'),
      say('accepted'),
      say('declined'),
      say('shown'),
    ]);
    const { status } = (await findAsk(house.db.pool, id)) ?? {};
    expect(['accepted', 'declined']).toContain(status);
    expect(answers.filter((answer) => answer.status === 'rejected').length).toBe(
      status === 'accepted' ? 1 : 2,
    );
    expect((await eventsOf(id)).filter((name) => /Accepted|Declined/.test(name))).toHaveLength(1);
  });

  test('and a snoozed card comes back when its time is over, and is ignored when that is over too', async () => {
    const { id } = await aNudge('open');
    const nudges = async () => (await house.as('ada', 'GET', '/v1/nudges')).json.nudges.length;
    const snooze = await house.as('ada', 'POST', `/v1/nudges/${id}/snoozed`, { body: { for: '2d' } });
    expect(snooze.json.snoozed_until).toBe(new Date(house.now() + 2 * DAY).toISOString());
    expect(await nudges()).toBe(0);
    await house.pass(2 * DAY);
    expect(await nudges()).toBe(1);
    await house.pass(3 * DAY);
    expect(await nudges()).toBe(0);
    expect((await findAsk(house.db.pool, id))?.status).toBe('ignored');
  });

  test.each(['0d', '91d', 'soon', 7])('a snooze of %s is refused', async (length) => {
    const { id, read } = await aNudge('open');
    const answer = await house.as('ada', 'POST', `/v1/nudges/${id}/snoozed`, { body: { for: length } });
    expect(answer.status).toBe(400);
    expect((await read())?.status).toBe('open');
  });

  test('and a closed card keeps others away for 30 days', async () => {
    const { say } = await aNudge('open');
    await say('closed');
    const workflow = () => house.send([track('ada', 'Workflow Completed', { at: house.now() })]);
    const why = async () => {
      const { json } = await house.secret('GET', '/v1/accounts/acme/why');
      return json.triggers[0].gates.flatMap(({ gate, passes }: { gate: string; passes: boolean }) =>
        passes ? [] : gate,
      );
    };
    await house.pass(29 * DAY);
    await workflow();
    expect(await why()).toContain('nudge_closed');
    await house.pass(2 * DAY);
    await workflow();
    expect(await why()).not.toContain('nudge_closed');
  });
});
