import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

const LATER = MAIL.replace('template: words', 'template: words\ndelay: 2h');
const OF_A_PROMOTER = DRAFT.replace('on: Kind Words', 'on: Report Shared').replace(
  'who: actor',
  'who: promoter',
);
const OF_A_CHAMPION = DRAFT.replace('on: Kind Words', 'on: Seats Added').replace(
  'who: actor',
  'who: champion',
);
const THANKS = `
description: Thank whoever referred somebody.
status: live
kind: thanks
on: Referral Qualified
who: referrer
channel: email
template: words
deadline: 24h
`;

forEachDatabase('somebody who was removed from an account', (open) => {
  let house: House;
  beforeAll(async () => {
    const triggers = {
      mail: LATER,
      card: CARD,
      draft: DRAFT,
      'of-a-promoter': OF_A_PROMOTER,
      'of-a-champion': OF_A_CHAMPION,
      thanks: THANKS,
    };
    house = await openHouse(open, { catalog: { triggers } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const asks = async (): Promise<{ trigger: string; person: string; status: string; reason?: string }[]> =>
    (await house.secret('GET', '/v1/asks?account_id=acme')).json.asks
      .map(({ trigger, person, status, status_reason: reason }: Record<string, string>) => ({
        trigger,
        person,
        status,
        ...(status === 'withdrawn' ? { reason } : {}),
      }))
      .toReversed();
  const owner = { csm_email: 'sam@vendor.example' };
  const send = (...messages: readonly ReturnType<typeof track>[]) => house.send(messages);
  const leaves = async (who = 'ada') => {
    house.advance(MINUTE);
    await send(track(who, 'Account Removed User', { account: 'acme', at: house.now() }));
  };
  const comesBack = async (who = 'ada') => {
    house.advance(MINUTE);
    await send(track(who, 'Page Opened', { account: 'acme', at: house.now() }));
  };
  const did = (who: string, event: string) => track(who, event, { account: 'acme', at: house.now() });
  const gone = { status: 'withdrawn', reason: 'Ada Grace has left the account' };
  const whyNot = async (trigger: string) =>
    (await house.secret('GET', `/v1/accounts/acme/why?trigger=${trigger}`)).json;

  test('gets no email that is on its way', async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    expect(await asks()).toMatchObject([{ trigger: 'mail', status: 'scheduled' }]);
    await leaves();
    expect(await asks()).toMatchObject([gone]);
    await comesBack();
    await house.pass(3 * HOUR);
    expect(house.mails).toEqual([]);
    expect(await asks()).toMatchObject([gone]);
    await send(scored('ada', 9, { account: 'acme', at: house.now() }));
    await house.pass(2 * HOUR);
    expect(await asks()).toMatchObject([gone, { trigger: 'mail', person: 'ada', status: 'delivered' }]);
    expect(house.mails).toHaveLength(1);
  });

  test('gets no email where that came with what was imported either', async () => {
    await house.send([...joined('ada', 'acme'), scored('ada', 10)]);
    house.advance(MINUTE);
    const removal = track('ada', 'Account Removed User', { account: 'acme', at: house.now() });
    await house.send([removal], '/v1/import');
    await house.pass(2 * HOUR);
    expect(house.mails).toEqual([]);
    expect(await asks()).toMatchObject([gone]);
  });

  test('is asked by no owner any more, and by no fallback', async () => {
    await house.send([...joined('ada', 'acme', house.now(), owner), track('ada', 'Kind Words')]);
    await house.runJobs();
    expect(await asks()).toMatchObject([{ trigger: 'draft', status: 'open' }]);
    const told = house.mails.length;
    await leaves();
    expect(await asks()).toMatchObject([gone]);
    await house.pass(DAY);
    expect(await asks()).toMatchObject([gone]);
    expect(house.mails).toHaveLength(told);
  });

  test('is chosen by no trigger until they are back, and by those whose event still waits when they are', async () => {
    await house.send([...joined('ada', 'acme', house.now(), owner), track('ada', 'Report Opened')]);
    await send(scored('ada', 10));
    await leaves();
    await house.send([...joined('ben', 'acme', house.now()), scored('ben', 3, { at: house.now() })]);
    await send(did('ben', 'Report Shared'), did('ben', 'Seats Added'));
    await send(track('ada', 'Workflow Completed', { account: 'acme', at: house.now() - 2 * MINUTE }));
    expect(await asks()).toMatchObject([gone]);
    for (const trigger of ['of-a-promoter', 'of-a-champion', 'card'])
      expect(JSON.stringify(await whyNot(trigger)), trigger).toContain('no_person');
    await comesBack();
    expect((await asks()).slice(1)).toMatchObject([{ person: 'ada', status: 'scheduled' }]);
  });

  test('is thanked for what they referred', async () => {
    await house.send(joined('ada', 'acme'));
    const { json } = await house.secret('POST', '/v1/referrals', {
      advocate: 'ada',
      email: 'jo@birch.example',
      company: 'Birch',
    });
    await leaves();
    house.advance(MINUTE);
    await house.secret('POST', `/v1/referrals/${json.id}/stage`, { stage: 'qualified' });
    await house.runJobs();
    expect(await asks()).toMatchObject([{ trigger: 'thanks', person: 'ada', status: 'delivered' }]);
  });

  test('is known to have left after an upgrade from a version that did not remember it', async () => {
    await house.send([...joined('ada', 'acme', house.now(), owner), scored('ada', 10)]);
    await leaves();
    const { signals } = house.deps().catalog().catalog;
    const hashBefore = createHash('sha256').update(JSON.stringify(signals)).digest('hex').slice(0, 16);
    const { rowCount } = await house.db.pool.query(
      `update account set state = replace(state, ',"left":true', ''), signals_hash = $1
       where state like '%,"left":true%'`,
      [hashBefore],
    );
    expect(rowCount).toBe(1);
    await house.pass(MINUTE);
    const { rows } = await house.db.pool.query('select state from account');
    expect(rows[0]?.['state']).toContain('"left":true');
    await house.send([...joined('ben', 'acme', house.now()), did('ben', 'Report Shared')]);
    expect(await asks()).toMatchObject([gone]);
  });
});
