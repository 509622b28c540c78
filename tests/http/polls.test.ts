import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { databases, forEachDatabase, server } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, track } from '../messages.ts';
import { CARD } from '../small-catalog.ts';

const options = { catalog: { triggers: { card: CARD } } };
const poll = async (house: House, userId = 'ada', query = ''): Promise<string[]> =>
  (await house.as(userId, 'GET', `/v1/nudges${query}`)).json.nudges.map(({ id }: { id: string }) => id);
const openCard = (house: House, userId = 'ada', account = 'acme') =>
  house.send([...joined(userId, account), track(userId, 'Workflow Completed')]);

forEachDatabase('polls', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, options);
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  test('make no query while there is nothing new, for whoever asks', async () => {
    await openCard(house);
    const etags = new Map<string, string>();
    for (const userId of ['ada', 'ben', 'stranger']) {
      etags.set(userId, (await house.as(userId, 'GET', '/v1/nudges')).headers.get('etag') ?? '');
    }
    const queries = vi.spyOn(house.db.pool, 'query');
    const connections = vi.spyOn(house.db.pool, 'connect');
    for (let round = 0; round < 30; round += 1) {
      for (const [userId, etag] of etags) {
        const known = await house.as(userId, 'GET', '/v1/nudges', { headers: { 'if-none-match': etag } });
        expect(known.status).toBe(304);
        const elsewhere = await house.as(userId, 'GET', '/v1/nudges?account_id=birch');
        expect(elsewhere.json.nudges).toEqual([]);
      }
      expect(await poll(house, `nobody ever heard of ${round}`)).toEqual([]);
    }
    // What is looked at every few seconds in any case, however many polls there are.
    expect(queries.mock.calls.length + connections.mock.calls.length).toBeLessThan(30);
    vi.restoreAllMocks();
  });

  test('know their answer again behind a proxy that made its tag a weak one', async () => {
    await openCard(house);
    const etag = (await house.as('ada', 'GET', '/v1/nudges')).headers.get('etag') ?? '';
    const again = async (tags: string) =>
      (await house.as('ada', 'GET', '/v1/nudges', { headers: { 'if-none-match': tags } })).status;
    expect(await again(`W/${etag}`)).toBe(304);
    expect(await again(`"of before", W/${etag}`)).toBe(304);
    expect(await again('W/"of before"')).toBe(200);
  });

  test('show at once what was done in the same process', async () => {
    expect(await poll(house)).toEqual([]);
    await openCard(house);
    const [id = ''] = await poll(house);
    expect(id).toMatch(/^nudge_/);
    await house.as('ada', 'POST', `/v1/nudges/${id}/closed`);
    expect(await poll(house)).toEqual([]);
  });

  test('offer nothing of an account that somebody has left, until they are back', async () => {
    await openCard(house);
    const [id = ''] = await poll(house);
    await house.as('ada', 'POST', `/v1/nudges/${id}/shown`);
    expect(await poll(house)).toEqual([id]);
    house.advance(MINUTE);
    await house.send([track('ada', 'Account Removed User', { account: 'acme', at: house.now() })]);
    expect(await poll(house, 'ada', '?account_id=acme')).toEqual([]);
    expect(await poll(house)).toEqual([]);
    house.advance(MINUTE);
    await house.send([track('ada', 'Report Shared', { account: 'acme', at: house.now() })]);
    expect(await poll(house)).toEqual([id]);
  });

  test('offer no card again that nobody had seen when its person left, and a new one once they are back', async () => {
    await openCard(house);
    const [id = ''] = await poll(house);
    house.advance(MINUTE);
    await house.send([track('ada', 'Account Removed User', { account: 'acme', at: house.now() })]);
    expect(await poll(house)).toEqual([]);
    house.advance(MINUTE);
    await house.send([track('ada', 'Report Shared', { account: 'acme', at: house.now() })]);
    expect(await poll(house)).toEqual([]);
    await house.send([track('ada', 'Workflow Completed', { account: 'acme', at: house.now() })]);
    expect(await poll(house)).toEqual([expect.not.stringMatching(id)]);
  });

  test('follow the clock: a snooze that ends, a nudge that runs out, a pause until tomorrow', async () => {
    await openCard(house);
    const [id = ''] = await poll(house);
    await house.as('ada', 'POST', `/v1/nudges/${id}/snoozed`, { body: { for: '2d' } });
    expect(await poll(house)).toEqual([]);
    house.advance(2 * DAY);
    expect(await poll(house)).toEqual([id]);
    const until = new Date(house.now() + HOUR).toISOString();
    await house.secret('POST', '/v1/pause', { trigger: 'card', until });
    expect(await poll(house)).toEqual([]);
    house.advance(HOUR);
    expect(await poll(house)).toEqual([id]);
    house.advance(3 * DAY);
    expect(await poll(house)).toEqual([]);
  });

  test('hear of what is changed behind the back of the service', async () => {
    await openCard(house);
    const [id = ''] = await poll(house);
    await house.db.pool.query("update ask set status = 'withdrawn' where id = $1", [id]);
    expect(await poll(house)).toEqual([]);
    await house.db.pool.query("update ask set status = 'open' where id = $1", [id]);
    expect(await poll(house)).toEqual([id]);
    await house.db.pool.query("update ask set person_id = 'ben' where id = $1", [id]);
    expect([await poll(house), await poll(house, 'ben')]).toEqual([[], [id]]);
    await house.db.pool.query('delete from ask');
    expect(await poll(house, 'ben')).toEqual([]);
  });
});

describe('the nudges in memory', () => {
  const [database] = databases;
  let house: House;
  beforeAll(async () => {
    if (database === undefined) throw new Error('There is no database to test on.');
    house = await openHouse(database.open, { ...options, environment: { MODE: 'rehearsal' } });
  });
  afterAll(() => house.close());

  type Step = (db: Db, now: number) => Promise<unknown>;
  const person = fc.constantFrom('ada', 'ben');
  const at = fc.constantFrom<number | null>(null, -MINUTE, MINUTE, HOUR);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc
      .record({
        id: fc.constantFrom('nudge_1', 'nudge_2', 'nudge_3'),
        person,
        account: fc.constantFrom('acme', 'birch'),
        trigger: fc.constantFrom('card', 'other'),
        channel: fc.constantFrom('nudge', 'nudge', 'draft'),
        status: fc.constantFrom('scheduled', 'open', 'open', 'delivered', 'ignored'),
        priority: fc.constantFrom(10, 20),
        snoozed: at,
        expires: at,
      })
      .map((row) => (db: Db, now: number) => putAsk(db, row, now)),
    fc.constant((db: Db) => db.pool.query("delete from ask where id = 'nudge_1'")),
    fc
      .record({ person, email: fc.constantFrom('a@vendor.example', 'b@vendor.example', 'c@x.example', null) })
      .map(
        ({ person: id, email }) =>
          (db: Db) =>
            db.pool.query(
              'insert into person (id, email) values ($1, $2) on conflict (id) do update set email = $2',
              [id, email],
            ),
      ),
    fc
      .constantFrom('a@vendor.example', 'b@vendor.example')
      .map(
        (address) => (db: Db) =>
          db.pool.query(
            "insert into suppression values ($1, 'asks', 'told us', now()) on conflict do nothing",
            [house.deps().keys.hashAddress(address)],
          ),
      ),
    fc.constant((db: Db) => db.pool.query('delete from suppression')),
    fc.record({ trigger: fc.constantFrom('card', '*'), until: at }).map(
      ({ trigger, until }) =>
        (db: Db, now: number) =>
          db.pool.query(
            "insert into pause values ($1, $2, 'us', null, now()) on conflict (trigger) do update set until = $2",
            [trigger, until === null ? null : new Date(now + until)],
          ),
    ),
    fc.constant((db: Db) => db.pool.query('delete from pause')),
  );

  test('are what the tables say, whatever happens to those', { timeout: 120_000 }, async () => {
    const accounts = ['', '?account_id=acme'];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await house.forget();
        for (const take of steps) {
          await take(house.db, house.now());
          house.advance(20_000);
          for (const userId of ['ada', 'ben']) {
            for (const query of accounts)
              expect(await poll(house, userId, query)).toEqual(await offered(house, userId, query));
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});

type AskValues = {
  id: string;
  person: string;
  account: string;
  trigger: string;
  channel: string;
  status: string;
  priority: number;
  snoozed: number | null;
  expires: number | null;
};

async function putAsk(db: Db, row: AskValues, now: number): Promise<void> {
  const date = (length: number | null) => (length === null ? null : new Date(now + length));
  await db.pool.query('delete from ask where id = $1', [row.id]);
  await db.pool.query(
    `insert into ask (account_id, id, trigger, cycle, kind, channel, template, person_id, status, priority, decided_at, due_at,
                      expires_after, again, readiness, reasons, catalog_hash, content, snoozed_until, expires_at)
     values ($1, $2, $3, $2, 'ask', $4, 'card', $5, $6, $7, now(), now(), 0, 'never', 0, '{}', '', $8, $9, $10)`,
    [
      row.account,
      row.id,
      row.trigger,
      row.channel,
      row.person,
      row.status,
      row.priority,
      JSON.stringify({ title: 't', body: 'b', action_label: 'l', action_url: 'https://x.example' }),
      date(row.snoozed),
      date(row.expires),
    ],
  );
}

/** What a poll is to answer, worked out by one query of its own. Everybody is in rehearsal, with a team at vendor.example. */
async function offered(house: House, userId: string, query: string): Promise<string[]> {
  const suppressed = ['a@vendor.example', 'b@vendor.example'].map((address) => [
    address,
    house.deps().keys.hashAddress(address),
  ]);
  const { rows } = await house.db.pool.query<{ id: string }>(
    `select a.id from ask a join person p on p.id = a.person_id
     where a.person_id = $1 and a.channel = 'nudge' and a.status in ('open', 'delivered')
       and ($2 = '' or a.account_id = $2) and coalesce(a.snoozed_until <= $3, true) and coalesce(a.expires_at > $3, true)
       and p.email like '%@vendor.example'
       and not exists (select 1 from suppression s join json_to_recordset($4::json) as h(address text, hash text)
                         on s.address_hash = h.hash where h.address = p.email)
       and not exists (select 1 from pause where trigger in ('*', a.trigger) and coalesce(until > $3, true))
     order by a.priority desc, a.decided_at, a.id limit 1`,
    [
      userId,
      query.replace('?account_id=', ''),
      new Date(house.now()),
      JSON.stringify(suppressed.map(([address, hash]) => ({ address, hash }))),
    ],
  );
  return rows.map(({ id }) => id);
}

const postgres = databases.find(({ kind }) => kind === 'postgres');

describe.skipIf(postgres?.available !== true)('two replicas on one PostgreSQL', () => {
  let first: House;
  let second: House;
  beforeAll(async () => {
    first = await openHouse(() => (postgres ?? missing()).open(), options);
    const url = new URL(server);
    url.pathname = `/${await databaseOf(first.db)}`;
    second = await openHouse(() => openDb({ DATABASE_URL: url.href, DATA_DIR: '' }), options);
  });
  beforeEach(async () => {
    await first.forget();
    await vi.waitFor(async () => expect(await listeners()).toBe(2), { timeout: 20_000 });
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  const listeners = async () =>
    (await first.db.pool.query(`select 1 from pg_stat_activity where ${LISTENER}`)).rowCount;
  const killListeners = () =>
    first.db.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${LISTENER}`);
  // Sooner than what is not heard of would be found by looking.
  const soon = { timeout: 4_000, interval: 20 };

  test('a nudge that one opened the other offers, and what was answered on one is gone on the other', async () => {
    await openCard(first);
    const [id = ''] = await poll(first);
    await vi.waitFor(async () => expect(await poll(second)).toEqual([id]), soon);
    await second.as('ada', 'POST', `/v1/nudges/${id}/declined`);
    expect(await poll(second)).toEqual([]);
    await vi.waitFor(async () => expect(await poll(first)).toEqual([]), soon);
  });

  test('the stop button works on both', async () => {
    await openCard(first);
    await vi.waitFor(async () => expect(await poll(second)).toHaveLength(1), soon);
    await first.secret('POST', '/v1/pause', {});
    await vi.waitFor(async () => expect(await poll(second)).toEqual([]), soon);
    await second.secret('POST', '/v1/resume', {});
    await vi.waitFor(async () => expect(await poll(first)).toHaveLength(1), soon);
  });

  test('nothing is missed when the listening connections are killed, nor while none can be had', async () => {
    await killListeners();
    await openCard(first);
    await vi.waitFor(async () => expect(await poll(second)).toHaveLength(1), soon);
    const [id] = await poll(second);
    const killing = setInterval(() => void killListeners(), 30);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await first.as('ada', 'POST', `/v1/nudges/${id}/accepted`);
    await vi.waitFor(async () => expect(await poll(second)).toEqual([]), soon);
    clearInterval(killing);
    await vi.waitFor(async () => expect(await listeners()).toBe(2), { timeout: 20_000 });
    await openCard(second, 'ben', 'birch');
    await vi.waitFor(async () => expect(await poll(first, 'ben')).toHaveLength(1), soon);
  });
});

const LISTENER = "datname = current_database() and application_name = 'goodturn nudges'";

const missing = (): never => {
  throw new Error('PostgreSQL does not answer.');
};

async function databaseOf(db: Db): Promise<string> {
  const { rows } = await db.pool.query<{ name: string }>('select current_database() as name');
  return rows[0]?.name ?? '';
}
