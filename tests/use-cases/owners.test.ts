import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { DRAFT, MAIL } from '../small-catalog.ts';

const [pglite] = databases;
if (pglite === undefined) throw new Error('PGlite is always there.');

const WITHOUT_FALLBACK = DRAFT.replace(/fallback:.*\n/, '').replace('expires: 7d', 'expires: 14d');

let house: House;
beforeAll(async () => {
  house = await openHouse(pglite.open, { catalog: { triggers: { mail: MAIL, draft: WITHOUT_FALLBACK } } });
});
beforeEach(() => house.forget());
afterAll(() => house.close());

const SAM = { csm_email: 'sam@vendor.example', csm_name: 'Sam Ortiz', name: 'Acme' };

async function aDraft(user: string, account: string): Promise<string> {
  await house.send([
    ...joined(user, account, house.now(), SAM),
    track(user, 'Kind Words', { at: house.now() }),
  ]);
  await house.runJobs();
  const { asks } = (await house.secret('GET', `/v1/asks?account_id=${account}`)).json;
  return asks[0].id;
}

const post = (id: string, path: string, body: object = {}) =>
  house.secret('POST', `/v1/asks/${id}/${path}`, body);
const status = async (account = 'acme') =>
  (await house.secret('GET', `/v1/asks?account_id=${account}`)).json.asks.map(
    (ask: { status: string }) => ask.status,
  );
const page = (id: string) => `https://goodturn.vendor.example/d/${house.deps().keys.sign('draft', id)}`;
const subjects = () => house.mails.map(({ subject }) => subject);

/** A day at a time, the jobs running every morning at ten. */
async function days(count: number): Promise<void> {
  for (let day = 0; day < count; day += 1) await house.pass(DAY);
}

describe('what came of an ask', () => {
  test('its owner is asked once, five working days after it was sent', async () => {
    await post(await aDraft('ada', 'acme'), 'send');
    // Sent on a Wednesday; the next one is five working days later.
    await days(6);
    expect(subjects()).not.toContain('What did Ada Grace say?');
    await days(1);
    expect(subjects().filter((subject) => subject === 'What did Ada Grace say?')).toHaveLength(1);
    const question = house.mails.at(-1);
    expect(question?.to.address).toBe('sam@vendor.example');
    expect(question?.text).toContain('On Wed 7 January you asked Ada Grace at Acme');
    await days(3);
    expect(subjects().filter((subject) => subject === 'What did Ada Grace say?')).toHaveLength(1);
  });

  test('it is asked once, too, where the owner cannot be written to, and the mail says why it failed', async () => {
    const id = await aDraft('ada', 'acme');
    await post(id, 'send');
    const nobody = 'sam ortiz@vendor.example';
    await house.db.pool.query('update ask set owner_email = $2 where id = $1', [id, nobody]);
    await days(8);
    const mails = await house.db.pool.query(
      `select status, status_reason, meant_for, attempts from mail where purpose = 'follow_up'`,
    );
    const reason = expect.stringContaining('expected one plain address');
    expect(mails.rows).toEqual([{ status: 'failed', status_reason: reason, meant_for: nobody, attempts: 1 }]);
  });

  test('it is also asked of an email in the owner’s name', async () => {
    await house.send([...joined('ada', 'acme', house.now(), SAM), scored('ada', 10, { at: house.now() })]);
    await house.runJobs();
    await days(7);
    const question = house.mails.at(-1);
    expect(question?.subject).toBe('What did Ada Grace say?');
    expect(question?.text).toContain('an email in your name asked Ada Grace');
    const link = /https:\S+\/d\/\S+/.exec(question?.text ?? '')?.[0] ?? '';
    expect((await house.open(link)).text).toContain('What did they say?');
    await house.open(link, { action: 'declined' });
    expect(await status()).toEqual(['declined']);
  });

  test('it is not asked where somebody has said so', async () => {
    const id = await aDraft('ada', 'acme');
    await post(id, 'send');
    await post(id, 'accepted');
    await days(8);
    expect(subjects()).not.toContain('What did Ada Grace say?');
  });

  test.each([
    ['nothing', { action: 'ignored' }, 'ignored'],
    ['no', { action: 'declined' }, 'declined'],
    ['yes', { action: 'accepted' }, 'accepted'],
  ])('is noted on the page: %s', async (_, form, expected) => {
    const id = await aDraft('ada', 'acme');
    await post(id, 'send');
    expect((await house.open(page(id), form)).status).toBe(303);
    expect(await status()).toEqual([expected]);
  });

  test('an introduction is a referral, and a yes', async () => {
    const id = await aDraft('ada', 'acme');
    await post(id, 'send');
    const form = { action: 'introduced', name: 'Grace', email: 'grace@newco.example', company: 'Newco' };
    expect((await house.open(page(id), form)).status).toBe(303);
    expect(await status()).toEqual(['accepted']);
    expect((await house.secret('GET', '/v1/referrals')).json.referrals).toMatchObject([
      { advocate: { user_id: 'ada' }, company: 'newco.example', stage: 'submitted' },
    ]);
  });

  test('an introduction with a faulty address is said so, and nothing is noted', async () => {
    const id = await aDraft('ada', 'acme');
    await post(id, 'send');
    const answer = await house.open(page(id), { action: 'introduced', email: 'nonsense', company: 'Newco' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('value="nonsense"');
    expect(answer.text).toContain('value="Newco"');
    expect(await status()).toEqual(['delivered']);
  });
});

describe('on a working morning', () => {
  const DIGEST = '2 drafts wait for you';

  test('an owner for whom two drafts wait is told of both in one mail, once', async () => {
    await aDraft('ada', 'acme');
    await aDraft('ben', 'birch');
    await house.pass(22 * HOUR + HOUR / 2);
    expect(subjects().filter((subject) => subject === DIGEST)).toHaveLength(1);
    const mail = house.mails.at(-1);
    expect(mail?.text).toContain('Ask Ada Grace at Acme');
    expect(mail?.text).toContain('Ask Ben Grace at Acme');
    await house.pass(HOUR);
    expect(subjects().filter((subject) => subject === DIGEST)).toHaveLength(1);
  });

  test('one draft alone makes none, and neither does the weekend', async () => {
    await aDraft('ada', 'acme');
    await days(1);
    expect(subjects()).not.toContain('1 drafts wait for you');
    await aDraft('ben', 'birch');
    await house.pass(DAY);
    expect(subjects().filter((subject) => subject === DIGEST)).toHaveLength(1);
    await days(2); // Saturday and Sunday
    expect(subjects().filter((subject) => subject === DIGEST)).toHaveLength(1);
  });
});

test('an owner for whom very many drafts wait keeps nobody else from theirs', async () => {
  const id = await aDraft('ada', 'acme');
  await house.db.pool.query(
    `insert into ask select (a).* from (
       select jsonb_populate_record(ask, jsonb_build_object('id', 'draft_' || n, 'cycle', n::text, 'status', 'scheduled',
         'account_id', 'account' || n, 'person_id', 'nobody', 'trigger', 'mail', 'owner_email', 'busy@vendor.example',
         'readiness', 100)) as a
       from ask, generate_series(1, 2100) as n where id = $1) as waiting`,
    [id],
  );
  await aDraft('ben', 'birch');
  expect(await status('birch')).toEqual(['open']);
});

describe('a draft that nobody acts on', () => {
  const reminders = () => subjects().filter((subject) => subject.startsWith('Still waiting'));

  test('is mentioned once more two days before it expires', async () => {
    await aDraft('ada', 'acme');
    await days(11);
    expect(reminders()).toEqual([]);
    await days(2);
    expect(reminders()).toEqual(['Still waiting: the draft to ask Ada Grace']);
  });

  test('and was put aside is mentioned when that is over, as its page has said', async () => {
    const id = await aDraft('ada', 'acme');
    const mails = () => subjects().slice(1);
    const said = async () =>
      /Put aside until|Nothing has gone out/.exec((await house.open(page(id))).text)?.[0];
    await house.open(page(id), { action: 'snooze', for: '1d' });
    expect(await said()).toBe('Put aside until');
    await house.pass(DAY - MINUTE);
    expect(mails()).toEqual([]);
    await house.pass(MINUTE);
    expect(mails()).toEqual(['Still waiting: the draft to ask Ada Grace']);
    expect(await said()).toBe('Nothing has gone out');
    // Again, and once more before it expires.
    await house.open(page(id), { action: 'snooze', for: '3d' });
    await days(3);
    expect(mails()).toHaveLength(2);
    await days(7);
    expect(mails()).toHaveLength(2);
    await days(1);
    expect(mails()).toHaveLength(3);
    await house.open(page(id), { action: 'snooze', for: '7d' });
    await days(7);
    expect(mails()).toHaveLength(4);
    await days(2);
    expect([mails().length, await status()]).toEqual([4, ['expired']]);
  });

  test('pressing “put it aside” twice is pressing it once', async () => {
    const id = await aDraft('ada', 'acme');
    const until = async () => (await post(id, 'snooze', { for: '1d' })).json.snoozed_until;
    const first = await until();
    house.advance(MINUTE);
    expect(await until()).toBe(first);
    const { rows } = await house.db.pool.query(`select 1 from event where name = 'Ask Snoozed'`);
    expect(rows).toHaveLength(1);
    expect((await post(id, 'snooze', { for: '2d' })).json.snoozed_until).not.toBe(first);
  });

  test('and has little time is mentioned at half of it, not with the draft itself', async () => {
    const id = await aDraft('ada', 'acme');
    await house.db.pool.query('update ask set expires_after = $2, expires_at = $3 where id = $1', [
      id,
      DAY,
      new Date(house.now() + DAY),
    ]);
    await house.pass(11 * HOUR);
    expect(reminders()).toEqual([]);
    await house.pass(HOUR);
    expect(reminders()).toHaveLength(1);
  });

  test('is mentioned although many cards run out before it', async () => {
    const id = await aDraft('ada', 'acme');
    await days(11);
    await house.db.pool.query(
      `insert into ask select (a).* from (
         select jsonb_populate_record(ask, jsonb_build_object('id', 'nudge_' || n, 'channel', 'nudge', 'cycle', n::text,
           'account_id', 'elsewhere', 'person_id', 'nobody', 'expires_at', expires_at - interval '1 hour')) as a
         from ask, generate_series(1, 150) as n where id = $1) as cards`,
      [id],
    );
    await days(1);
    expect(reminders()).toHaveLength(1);
  });

  test('and cannot be written about stands in nobody else’s way', async () => {
    const id = await aDraft('ada', 'acme');
    await house.pass(HOUR);
    await aDraft('ben', 'birch');
    await house.db.pool.query(`update ask set catalog_hash = 'lost' where id = $1`, [id]);
    await days(12);
    expect(reminders()).toEqual(['Still waiting: the draft to ask Ben Grace']);
    expect(house.takeErrors().join('')).toContain('The catalog version lost');
  });
});

describe('on the page of a draft', () => {
  const promoter = (user: string) =>
    house.send([...joined(user, 'acme', house.now() - DAY), scored(user, 9, { at: house.now() - DAY / 2 })]);

  test('the account can be held until a day, which takes the draft back', async () => {
    const id = await aDraft('ada', 'acme');
    await house.open(page(id), { action: 'hold', until: '2026-02-01', why: 'renewal talks' });
    expect(await status()).toEqual(['withdrawn']);
    expect((await house.open(page(id))).text).toContain('renewal talks');
  });

  test.each(['', '2020-01-01', '2099-01-01', 'tomorrow'])(
    '“%s” is no day to hold it until',
    async (until) => {
      const id = await aDraft('ada', 'acme');
      expect((await house.open(page(id), { action: 'hold', until })).status).toBe(400);
      expect(await status()).toEqual(['open']);
    },
  );

  test('another promoter can be asked instead, who gets a draft of their own', async () => {
    const id = await aDraft('ada', 'acme');
    await house.secret('POST', '/v1/pause', { trigger: 'mail' });
    await promoter('ben');
    expect((await house.open(page(id))).text).toContain('Ben Grace: a 9 on');
    const removed = { account: 'acme', at: house.now() };
    await house.send([track('ben', 'Account Removed User', removed)]);
    expect((await house.open(page(id))).text).not.toContain('Ben Grace: a 9 on');
    expect((await house.open(page(id), { action: 'instead', person: 'ben' })).status).toBe(400);
    house.advance(MINUTE);
    await house.send([track('ben', 'Report Opened', { account: 'acme', at: house.now() })]);
    for (const _press of [1, 2])
      expect((await house.open(page(id), { action: 'instead', person: 'ben' })).status).toBe(303);
    await house.runJobs();
    const { asks } = (await house.secret('GET', '/v1/asks?account_id=acme')).json;
    expect(asks.map(({ person: who, status: is }: Record<string, string>) => [who, is])).toEqual(
      expect.arrayContaining([
        ['ada', 'withdrawn'],
        ['ben', 'open'],
      ]),
    );
    const notice = house.mails.at(-1);
    expect(notice?.subject).toContain('Ben Grace');
    // What Ada said is hers.
    expect(notice?.text).toMatch(/Why now\n- Gave 9 of 10 on Tue 6 January/);
    const [ben] = asks.filter(({ person: who }: { person: string }) => who === 'ben');
    expect(ben.reasons.opening_event.name).toBe('NPS Answered');
    expect((await house.open(page(ben.id))).text).not.toContain('kind');
    expect((await house.open(page(id))).text).toContain('Ben Grace is asked instead');
  });

  test('but nobody who must not be asked', async () => {
    const id = await aDraft('ada', 'acme');
    await house.secret('POST', '/v1/pause', { trigger: 'mail' });
    await promoter('ben');
    await house.secret('POST', '/v1/suppressions', { addresses: ['ben@customer.example'] });
    const answer = await house.open(page(id), { action: 'instead', person: 'ben' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('Ben Grace cannot be asked now');
    expect((await house.open(page(id), { action: 'instead', person: 'eve' })).status).toBe(400);
    expect(await status()).toEqual(['open']);
  });

  test('it says what else was asked there', async () => {
    const first = await aDraft('ada', 'acme');
    await post(first, 'dismiss', { reason: 'already_asked' });
    await house.pass(40 * DAY);
    const second = await aDraft('ben', 'acme');
    expect((await house.open(page(second))).text).toMatch(/Also at Acme[\s\S]*Ada Grace, in person/);
  });
});

describe('owners.yaml', () => {
  const OWNERS = `owners:
  sam@vendor.example:
    away: [{ from: 2026-01-05, to: 2026-01-09 }]
    cover: lee@vendor.example
    slack: http://localhost:9/sam
  lee@vendor.example: { slack: http://localhost:9/lee }
  kim@vendor.example: { away: [{ from: 2026-01-01, to: 2026-01-31 }], cover: mallory@evil.example }
`;
  let away: House;
  beforeAll(async () => {
    away = await openHouse(pglite.open, {
      catalog: { triggers: { draft: WITHOUT_FALLBACK, owners: OWNERS } },
      environment: { DEFAULT_OWNER_EMAIL: 'zoe@vendor.example' },
    });
  });
  beforeEach(() => away.forget());
  afterAll(() => away.close());

  const draftOf = async (csm: string) => {
    await away.send([
      ...joined('ada', 'acme', away.now(), { csm_email: csm }),
      track('ada', 'Kind Words', { at: away.now() }),
    ]);
    await away.runJobs();
    return (await away.secret('GET', '/v1/asks?account_id=acme')).json.asks[0].owner;
  };

  test('while an owner is away their cover gets the draft, by mail and in Slack', async () => {
    expect(await draftOf('sam@vendor.example')).toBe('lee@vendor.example');
    expect(away.mails.map(({ to }) => to.address)).toEqual(['lee@vendor.example']);
    const { rows } = await away.db.pool.query('select url, body from webhook_delivery');
    expect(rows).toEqual([{ url: 'http://localhost:9/lee', body: expect.stringContaining('Ada Grace') }]);
    expect(JSON.parse(rows[0].body).text).toMatch(/<https:\S+\/d\/\S+\|Open the draft>/);
  });

  test('back again, they get their own', async () => {
    away.advance(3 * DAY);
    expect(await draftOf('sam@vendor.example')).toBe('sam@vendor.example');
  });

  test('a cover who is a stranger gets nothing: a draft about a customer stays with the team', async () => {
    expect(await draftOf('kim@vendor.example')).toBe('zoe@vendor.example');
  });

  test('in rehearsal nothing goes to Slack', async () => {
    await away.restart({ environment: { MODE: 'rehearsal' } });
    await draftOf('sam@vendor.example');
    expect((await away.db.pool.query('select 1 from webhook_delivery')).rows).toEqual([]);
    await away.restart();
  });
});
