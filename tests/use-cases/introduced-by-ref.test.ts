import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track } from '../messages.ts';
import { MAIL } from '../small-catalog.ts';

forEachDatabase('whoever signs up with the code of an advocate’s link', (open) => {
  let house: House;
  let code: string;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: { mail: MAIL } } });
  });
  beforeEach(async () => {
    await house.forget();
    await house.send(joined('ada', 'acme'));
    code = (await house.secret('GET', '/v1/advocates/ada')).json.link.code;
  });
  afterAll(() => house.close());

  const referrals = async () => (await house.secret('GET', '/v1/referrals')).json.referrals;
  const jonas = (more = {}) => [
    identify('jonas', { email: 'jonas@lumen.example', name: 'Jonas Weber' }),
    group('jonas', 'lumen', { name: 'Lumen Labs' }),
    track('jonas', 'Signed Up', { account: 'lumen', properties: { ref: code, ...more } }),
  ];

  test('is introduced by them, once, and it is an event like every other introduction', async () => {
    await house.send(jonas());
    expect(await referrals()).toMatchObject([
      {
        stage: 'submitted',
        advocate: { user_id: 'ada', account_id: 'acme', code },
        email: 'jonas@lumen.example',
        company: 'lumen.example',
        company_name: 'Lumen Labs',
        name: 'Jonas Weber',
        held: [],
      },
    ]);
    await house.send([
      ...jonas(),
      // A colleague joins what is under way.
      identify('kim', { email: 'kim@lumen.example' }),
      track('kim', 'Signed Up', { properties: { ref: code } }),
    ]);
    expect(await referrals()).toHaveLength(1);
    const { rows } = await house.db.pool.query(
      `select account_id, person_id from event where name = 'Referral Submitted'`,
    );
    expect(rows).toEqual([{ account_id: 'acme', person_id: 'ada' }]);
  });

  test('is not introduced anew by a trait that says so with every sign-in', async () => {
    const signIn = () => house.send([identify('jonas', { email: 'jonas@lumen.example', ref: code })]);
    await signIn();
    house.advance(100 * DAY);
    await signIn();
    expect(await referrals()).toMatchObject([{ email: 'jonas@lumen.example', stage: 'submitted' }]);
  });

  test('answers the ask that it came from', async () => {
    await house.send([scored('ada', 10, { at: START })]);
    await house.runJobs();
    await house.send(jonas());
    const { asks } = (await house.secret('GET', '/v1/asks')).json;
    expect(asks).toMatchObject([{ person: 'ada', channel: 'email', status: 'accepted' }]);
    expect((await referrals())[0].ask_id).toBe(asks[0].id);
  });

  test('may be known by what the event itself says', async () => {
    await house.send([
      track('lee', 'Account Created', {
        properties: { ref: code, email: 'lee@mira.example', name: 'Lee', company: 'Mira' },
      }),
    ]);
    expect(await referrals()).toMatchObject([
      { email: 'lee@mira.example', name: 'Lee', company_name: 'Mira', company: 'mira.example' },
    ]);
  });

  test('is held for a look where it is somebody of the advocate’s own', async () => {
    await house.send([
      identify('ben', { email: 'ben@customer.example' }),
      track('ben', 'Signed Up', { properties: { ref: code } }),
    ]);
    expect(await referrals()).toMatchObject([{ held: ['own_domain'] }]);
  });

  test('is nobody’s introduction where nothing says whose, or who says it is not to be believed', async () => {
    await house.send([
      track('nobody', 'Signed Up', { properties: { ref: code } }),
      track('ada', 'Link Copied', { properties: { ref: code } }),
      ...jonas({ ref: 'zzzzzzzzzzzz' }),
      ...jonas({ ref: 12 }),
      ...jonas({ ref: `${code}${'z'.repeat(500)}` }),
    ]);
    await house.send(jonas(), '/v1/import');
    const browser = { key: await house.token('jonas'), headers: { 'x-goodturn-key': 'pk_test' } };
    const said = { batch: [track('jonas', 'Signed Up', { properties: { ref: code } })] };
    expect((await house.call('POST', '/v1/batch', { ...browser, body: said })).status).toBe(200);
    expect(await referrals()).toEqual([]);
  });
});
