import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAccount } from '../../src/db/accounts.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, track, trackAnonymous } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';

// Everything that tells of the person holds one of these, and nothing else does.
const ID = 'usr-quillfeather-77';
const EMAIL = 'Wilma.Quillfeather@acme.example';
const NAME = 'Wilma Quillfeather';
const MARK = /quillfeather|wilma|zyxmark/i;

const READINESS = `
signals:
  promoter: { nps: { at_least: 9 }, points: 70, says: "{{ person }} gave a {{ score }}: {{ comment }}" }
  kind: { happened: { event: Kind Words }, points: 30, says: "{{ person }} wrote: {{ text }}" }
  activated: { happened: { event: Workflow Completed }, points: 50, says: They work with it }
  support_trouble:
    happened: { event: Ticket Opened, where: { priority: urgent }, until: { event: Ticket Solved } }
    dampens: 80%
    says: "{{ person }} has an urgent ticket open"
`;

/** A draft about the account to its owner, which quotes everybody who speaks for it. */
const ABOUT = `
description: Tell the owner what was said.
status: live
on: Plan Reviewed
who: actor
channel: draft
template: about
deadline: 24h
`;

forEachDatabase('erasing a person', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      catalog: {
        triggers: { mail: MAIL, card: CARD, draft: DRAFT, about: ABOUT },
        readiness: READINESS,
        guardrails: `
per_person: { asks: 50 per 1d, asks_per_year: 100, nudges: 50 per 1d }
per_account: { asks: 50 per 1d, people: 50 per 1d, minimum_tenure: 0s }
per_owner: { drafts: 50 per 1d, open: 50 }
quiet_hours: { from: "00:00", to: "00:00", weekends: normal }
block_when: []
`,
        templates: {
          'about/subject.hbs': 'About {{or account.name "them"}}',
          'about/text.hbs': '{{#each signals}}{{says}}\n{{/each}}{{link.advocate}}',
        },
      },
      environment: { DEFAULT_OWNER_EMAIL: 'sam@vendor.example' },
    });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const tables = async (): Promise<string[]> => {
    const { rows } = await house.db.pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  /** Where the person is still to be found: table, and the row that tells. */
  async function hits(): Promise<string[]> {
    const found: string[] = [];
    for (const table of await tables()) {
      const { rows } = await house.db.pool.query<{ row: string }>(
        `select t::text as row from "${table}" as t`,
      );
      found.push(...rows.filter(({ row }) => MARK.test(row)).map(({ row }) => `${table}: ${row}`));
    }
    return found;
  }

  const arrives = (id = ID) => [identify(id, { email: EMAIL, name: NAME }), group(id, 'acme')];

  /** Does everything that leaves a trace of somebody. */
  async function live(): Promise<void> {
    await house.secret('POST', '/v1/webhooks', { url: 'https://hooks.example/in' });
    await house.send([
      ...joined('bob', 'acme'),
      ...joined('eve', 'peers'),
      identify(
        ID,
        { email: EMAIL, name: NAME, title: 'Zyxmark of State' },
        { anonymousId: 'browser-zyxmark-1' },
      ),
      group(ID, 'acme', { name: 'Acme', plan: 'pro', billing_contact: EMAIL, reported_by: NAME }),
      trackAnonymous('browser-zyxmark-1', 'Page Opened', { properties: { path: '/zyxmark' } }),
      track(ID, 'Workflow Completed', { properties: { label: 'zyxmark' } }),
      track(ID, 'Ticket Opened', { properties: { priority: 'urgent', subject: 'zyxmark is down' } }),
      track(ID, 'Ticket Solved', { properties: { priority: 'urgent', subject: 'zyxmark is up' } }),
      {
        type: 'page',
        userId: ID,
        messageId: 'zyxmark-page',
        name: 'Zyxmark',
        timestamp: new Date(house.now()).toISOString(),
      },
      track('bob', 'Invite Sent', { properties: { invitee_email: EMAIL, role: 'admin' } }),
      // Refused, and kept with an excerpt.
      { type: 'track', userId: ID, messageId: 'refused', properties: { note: 'zyxmark' } },
    ]);
    await house.call('POST', '/v1/nps', {
      key: 'wk_test',
      body: { score: 10, comment: 'zyxmark is a joy to use', email: EMAIL, account_id: 'acme' },
    });
    await house.send([track(ID, 'Kind Words', { properties: { text: 'zyxmark saved my week' } })]);
    await house.pass(HOUR);
    const nudge = (await house.as(ID, 'GET', '/v1/nudges?account_id=acme')).json.nudges[0];
    await house.as(ID, 'POST', `/v1/nudges/${nudge.id}/shown`);
    await house.send([track('bob', 'Plan Reviewed'), track(ID, 'Plan Reviewed')]);
    await house.pass(HOUR);
    await house.secret('POST', '/v1/asks', {
      account_id: 'acme',
      user_id: ID,
      channel: 'email',
      at: new Date(house.now() - HOUR).toISOString(),
      note: 'Asked Wilma on the phone',
    });
    const { code } = (await house.secret('GET', `/v1/advocates/${ID}`)).json.link;
    await house.open(`/r/${code}`);
    await house.secret('POST', '/v1/referrals', {
      advocate: ID,
      email: 'pat@prospect.example',
      company: 'Prospect',
      name: 'Pat',
      note: 'We were at zyxmark together',
    });
    await house.secret('POST', '/v1/referrals', {
      advocate: 'eve',
      email: EMAIL,
      company: 'Acme',
      name: NAME,
      role: 'Zyxmark',
      note: 'Wilma would like it',
    });
    const hold = {
      until: new Date(house.now() + DAY).toISOString(),
      reason: 'Wilma Quillfeather is away',
      by: 'sam',
    };
    await house.secret('POST', `/v1/people/${ID}/hold`, hold);
    await house.secret('POST', '/v1/accounts/acme/hold', hold);
    await house.secret('POST', '/v1/pause', { trigger: 'card', reason: `${EMAIL} complained` });
    await house.db.pool.query(`insert into outgoing (id, body, created_at) values ('o', $1, now())`, [
      JSON.stringify({ id: 'o', userId: ID, event: 'Ask Sent' }),
    ]);
  }

  test('leaves nothing of them in a list of drafts that their owner was sent', async () => {
    house.advance(9 * HOUR);
    const at = house.now();
    await house.send([
      ...arrives().map((message) => ({ ...message, timestamp: new Date(at).toISOString() })),
      ...joined('bob', 'birch', at),
      track(ID, 'Kind Words', { at }),
      track('bob', 'Kind Words', { at }),
    ]);
    await house.runJobs();
    await house.pass(13 * HOUR + HOUR / 2);
    const digests = async () =>
      (await house.db.pool.query(`select 1 from mail where purpose = 'digest'`)).rows.length;
    expect(await digests()).toBe(1);
    expect((await house.secret('DELETE', `/v1/people/${ID}`)).status).toBe(200);
    expect(await digests()).toBe(0);
    expect(await hits()).toEqual([]);
  });

  test('leaves nothing of them in any column of any table', async () => {
    await live();
    const before = await hits();
    expect([...new Set(before.map((hit) => hit.split(':')[0]))].sort()).toEqual(
      [
        'account',
        'alias',
        'ask',
        'decision',
        'event',
        'mail',
        'outgoing',
        'pause',
        'person',
        'referral',
        'rejection',
        'advocate_link',
        'webhook_delivery',
      ].sort(),
    );
    const { status, json } = await house.secret('DELETE', `/v1/people/${ID}`);
    expect([status, json.erased]).toEqual([200, true]);
    expect(await hits()).toEqual([]);
  });

  test('is decided for every table there is', async () => {
    expect(await tables()).toEqual([
      '_prisma_migrations',
      'account',
      'account_snapshot',
      'advocate_link',
      'alias',
      'api_key',
      'ask',
      'catalog_version',
      'decision',
      'erasure',
      'event',
      'event_id',
      'job_slot',
      'mail',
      'outgoing',
      'past_alias',
      'past_membership',
      'pause',
      'person',
      'referral',
      'referral_click',
      'rejection',
      'seen_name',
      'setting',
      'suppression',
      'webhook',
      'webhook_delivery',
    ]);
  });

  test('keeps what is about their account, and the account is what its events fold to', async () => {
    await live();
    await house.secret('DELETE', `/v1/people/${ID}`);
    const stored = await stateOf('acme');
    expect(stored).toMatchObject({ traits: { name: { value: 'Acme' }, plan: { value: 'pro' } } });
    expect(Object.keys(stored.people)).toEqual(['bob']);
    expect(Object.keys(stored.referrals)).toHaveLength(1);
    await house.db.pool.query('update account set refold = true');
    await house.runJobs();
    expect(await stateOf('acme')).toEqual(stored);
    // Their asks still count against the caps of the account.
    const { rows } = await house.db.pool.query(
      `select count(*)::int as n from ask where account_id = 'acme' and person_id like 'erased:%'`,
    );
    expect(rows[0].n).toBeGreaterThan(3);
  });

  const stateOf = async (id: string) => {
    const account = await readAccount(house.db.pool, id);
    if (account === undefined) throw new Error(`There is no account ${id}.`);
    return account.state;
  };

  test('drops what is reported of them later, and what was reported before when it comes again', async () => {
    const history = [...arrives(), track(ID, 'Workflow Completed')];
    await house.send(history);
    await house.secret('DELETE', `/v1/people/${ID}`);
    await house.send([
      ...history,
      track(ID, 'Workflow Completed'),
      identify(ID, { email: EMAIL, name: NAME }),
    ]);
    await house.call('POST', '/v1/nps', {
      key: 'wk_test',
      body: { score: 10, comment: 'zyxmark', email: EMAIL },
    });
    expect(await hits()).toEqual([]);
    expect((await house.secret('GET', `/v1/people/${ID}/export`)).status).toBe(404);
    // What they say of their account is about the account.
    await house.send([group(ID, 'acme', { plan: 'enterprise' })]);
    expect((await stateOf('acme')).traits['plan']?.value).toBe('enterprise');
    expect(await hits()).toEqual([]);
  });

  test('keeps their address suppressed, also under another id', async () => {
    await house.send([...arrives()]);
    await house.secret('DELETE', `/v1/people/${encodeURIComponent(EMAIL)}`);
    await house.send([
      ...arrives('somebody-new'),
      track('somebody-new', 'NPS Answered', { properties: { score: 10 } }),
    ]);
    await house.pass(HOUR);
    expect(house.mails).toEqual([]);
    const { decisions } = (await house.secret('GET', '/v1/decisions?account_id=acme')).json;
    expect(JSON.stringify(decisions)).toContain('suppressed');
  });

  test('takes back what is open for them, and refuses while a mail is on its way', async () => {
    await house.send([...arrives(), track(ID, 'Workflow Completed')]);
    await house.db.pool.query(`update ask set status = 'sending'`);
    const refused = await house.secret('DELETE', `/v1/people/${ID}`);
    expect([refused.status, refused.json.detail]).toEqual([503, expect.stringContaining('being sent')]);
    await house.db.pool.query(`update ask set status = 'open'`);
    expect((await house.secret('DELETE', `/v1/people/${ID}`)).status).toBe(200);
    const { rows } = await house.db.pool.query('select status, status_reason from ask');
    expect(rows).toEqual([{ status: 'withdrawn', status_reason: 'erased' }]);
  });

  test('lets nothing slip in that is being stored meanwhile', async () => {
    await house.send([...arrives(), track(ID, 'Workflow Completed')]);
    const sends = Array.from({ length: 40 }, (_, n) =>
      house.send([
        track(ID, 'Workflow Completed', { properties: { n } }),
        identify(ID, { name: NAME }, { anonymousId: `zyxmark-${n % 5}` }),
      ]),
    );
    const erased = house.secret('DELETE', `/v1/people/${ID}`);
    await Promise.all(sends);
    expect((await erased).json.erased).toBe(true);
    expect(await hits()).toEqual([]);
  });

  describe('says', () => {
    test('that nobody is known by a name, or that they were erased before', async () => {
      await house.send(arrives());
      expect((await house.secret('DELETE', '/v1/people/nobody')).json).toMatchObject({
        status: 404,
        detail: 'Nobody is known as "nobody": expected a user id or an address.',
      });
      await house.secret('DELETE', `/v1/people/${ID}`);
      expect((await house.secret('DELETE', `/v1/people/${ID}`)).json.erased).toBe(false);
      expect((await house.secret('DELETE', `/v1/people/${encodeURIComponent(EMAIL)}`)).json.erased).toBe(
        false,
      );
    });

    test('that an address is several people’s, and keeps it where it is another’s too', async () => {
      await house.send([...arrives(), ...arrives('twin')]);
      const { status, json } = await house.secret('DELETE', `/v1/people/${encodeURIComponent(EMAIL)}`);
      expect([status, json.detail]).toEqual([409, expect.stringContaining('2 people: twin, usr-')]);
      await house.secret('DELETE', `/v1/people/${ID}`);
      expect((await house.secret('GET', '/v1/people/twin/export')).json.known_as.addresses).toEqual([
        EMAIL.toLowerCase(),
      ]);
    });
  });

  test('everything that is erased is handed over before, from every table', async () => {
    await live();
    const { status, json, text } = await house.secret(
      'GET',
      `/v1/people/${encodeURIComponent(EMAIL)}/export`,
    );
    expect(status).toBe(200);
    expect(json.person).toBe(ID);
    const filled = Object.entries<unknown[]>(json.tables).filter(([, rows]) => rows.length > 0);
    expect(filled.map(([name]) => name).sort()).toEqual([
      'account',
      'advocate_link',
      'alias',
      'ask',
      'decision',
      'event',
      'mail',
      'outgoing',
      'person',
      'referral',
      'referral_click',
      'rejection',
      'webhook_delivery',
    ]);
    for (const said of [
      'zyxmark is a joy to use',
      'zyxmark saved my week',
      '/zyxmark',
      'Wilma would like it',
    ])
      expect(text).toContain(said);
    expect(json.mentioned_in).toEqual([{ id: expect.any(String), account: 'acme', name: 'Invite Sent' }]);
    expect(text).not.toContain('bob@');
  });
});
