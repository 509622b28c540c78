import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAccount } from '../../src/db/accounts.ts';
import { DAY } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { lawRuns } from '../laws.ts';
import { accountEvent, group, identify, scored, track, trackAnonymous } from '../messages.ts';
import { CARD } from '../small-catalog.ts';

const READINESS = `
signals:
  workflows: { milestone: { event: Workflow Completed, times: 3 }, points: 40 }
  lately: { frequency: { event: Workflow Completed, times: 2, within: 30d }, points: 20, half_life: 30d }
  growing: { growth: { trait: seats, by: 1, within: 900d }, points: 20 }
  promoter: { nps: { at_least: 9 }, points: 30 }
  support_trouble: { happened: { event: Ticket Opened }, dampens: 50% }
`;

const RUNS = lawRuns(6);

const user = fc.constantFrom('ada', 'ben');
const account = fc.constantFrom('acme', 'birch');
const at = fc.integer({ min: 0, max: 6 }).map((step) => START + step * DAY);

// Who a visitor was comes out before their events are purged, or after as another visitor's: what was nobody's then is gone.
const messageOf = (visitor: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.tuple(user, at).map(([who, when]) => track(who, 'Workflow Completed', { at: when })),
    fc.tuple(visitor, at).map(([who, when]) => trackAnonymous(who, 'Workflow Completed', { at: when })),
    fc.tuple(visitor, account, at).map(([who, where, when]) => ({
      ...trackAnonymous(who, 'Workflow Completed', { at: when }),
      context: { groupId: where },
    })),
    fc
      .tuple(user, account, at)
      .map(([who, where, when]) => group(who, where, { seats: 10 + (when - START) / DAY }, { at: when })),
    fc
      .tuple(user, account, at)
      .map(([who, where, when]) => track(who, 'Account Removed User', { at: when, account: where })),
    fc.tuple(user, visitor, at).map(([who, as, when]) => identify(who, {}, { at: when, anonymousId: as })),
    fc
      .tuple(user, fc.integer({ min: 8, max: 10 }), at)
      .map(([who, score, when]) => scored(who, score, { at: when })),
    fc.tuple(account, at).map(([where, when]) => accountEvent(where, 'Ticket Opened', { at: when })),
  );

forEachDatabase('events whose retention is over', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, {
      catalog: { readiness: READINESS, triggers: {} },
      environment: { EVENT_RETENTION: '400d' },
    });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  const count = async (table: string) =>
    Number((await house.db.pool.query(`select count(*) as n from ${table}`)).rows[0]?.['n']);
  const states = async (): Promise<Record<string, unknown>> => {
    const { rows } = await house.db.pool.query('select id from account order by id');
    const read = rows.map(async ({ id }) => [id, (await readAccount(house.db.pool, id))?.state] as const);
    return Object.fromEntries(await Promise.all(read));
  };
  const bindings = async () =>
    (await house.db.pool.query('select id, bindings from person order by id')).rows.filter(
      ({ bindings: points }) => points !== '[]',
    );
  const foldAnew = async () => {
    await house.db.pool.query('update account set refold = true');
    await house.runJobs();
    expect((await house.db.pool.query('select id from account where refold')).rows).toEqual([]);
  };

  test('are deleted, count once for ever, and leave what follows from them as it was', async () => {
    const old = [
      group('ada', 'acme', { seats: 10 }),
      ...[1, 2, 3].map(() => track('ada', 'Workflow Completed')),
      scored('ada', 10),
    ];
    await house.send(old);
    house.advance(399 * DAY);
    await house.runJobs();
    expect(await count('event')).toBe(old.length);
    await house.send([track('ada', 'Workflow Completed', { at: house.now() })]);
    house.advance(2 * DAY);
    const before = await states();
    await house.runJobs();
    expect(await count('event')).toBe(1);
    expect(await states()).toEqual(before);
    expect(await house.send(old)).toBe(0);
    expect([await count('event'), await states()]).toEqual([1, before]);
    await foldAnew();
    expect(await states()).toEqual(before);
  });

  test('still say where their people are', async () => {
    await house.send([group('ada', 'acme'), track('ada', 'Account Removed User', { account: 'birch' })]);
    house.advance(500 * DAY);
    await house.runJobs();
    expect(await count('event')).toBe(0);
    const now = house.now();
    await house.send([track('ada', 'Workflow Completed', { at: now - DAY })]);
    // Tells us to look at all that was ever said of where she is.
    await house.send([group('ada', 'birch', {}, { at: now - 2 * DAY })]);
    await house.send([track('ada', 'Account Removed User', { at: now - DAY / 2, account: 'birch' })]);
    await house.send([track('ada', 'Workflow Completed', { at: now })]);
    const { rows } = await house.db.pool.query(
      "select account_id from event where name = 'Workflow Completed' order by occurred_at",
    );
    expect(rows.map(({ account_id: id }) => id)).toEqual(['birch', 'acme']);
  });

  test('also who left and came back within the instant', async () => {
    const told = [
      group('ada', 'birch'),
      { ...track('ada', 'Account Removed User', { at: START + DAY, account: 'birch' }), messageId: 'm-1' },
      { ...group('ada', 'birch', {}, { at: START + DAY }), messageId: 'm-2' },
    ];
    house.advance(2 * DAY);
    await house.send(told);
    house.advance(500 * DAY);
    await house.runJobs();
    expect(await count('event')).toBe(0);
    await house.send([group('ada', 'acme', {}, { at: house.now() })]);
    // Tells us to look at all that was ever said of where she is.
    await house.send([group('ada', 'cedar', {}, { at: house.now() - DAY })]);
    const { rows } = await house.db.pool.query("select bindings from person where id = 'ada'");
    expect(JSON.parse(rows[0]?.['bindings'])).toEqual([
      { at: START, active: ['birch'] },
      { at: house.now() - DAY, active: ['birch', 'cedar'] },
      { at: house.now(), active: ['birch', 'cedar', 'acme'] },
    ]);
  });

  test('of a visitor become a user’s when it turns out who that was', async () => {
    const visits = [1, 2, 3].map(() => ({
      ...trackAnonymous('visitor-1', 'Workflow Completed'),
      context: { groupId: 'acme' },
    }));
    await house.send(visits);
    house.advance(500 * DAY);
    await house.runJobs();
    expect(await count('event')).toBe(0);
    await house.send([identify('ada', {}, { at: house.now(), anonymousId: 'visitor-1' })]);
    const { acme } = await states();
    expect(acme).toMatchObject({ people: { ada: { own: 3 } } });
    expect(acme).not.toHaveProperty(['people', 'anon:visitor-1']);
  });

  test('are nobody’s once their person is erased', async () => {
    const mark = 'wilma-zyx-77';
    await house.send([
      identify(mark, {}, { anonymousId: 'visitor-9' }),
      group(mark, 'acme'),
      ...[1, 2, 3].map(() => track(mark, 'Workflow Completed')),
      scored(mark, 10),
    ]);
    house.advance(500 * DAY);
    await house.runJobs();
    const kept = async () =>
      JSON.stringify(
        await Promise.all(
          ['account', 'account_snapshot', 'past_membership', 'past_alias', 'event'].map(
            async (table) => (await house.db.pool.query(`select * from ${table}`)).rows,
          ),
        ),
      );
    expect(await kept()).toContain(mark);
    expect((await house.secret('DELETE', `/v1/people/${mark}`)).status).toBe(200);
    expect(await kept()).not.toMatch(/wilma|visitor-9/);
    const { acme } = await states();
    expect(acme).toMatchObject({ milestones: { workflows: { count: 3 } }, people: {}, answers: {} });
    await foldAnew();
    expect(await states()).toEqual({ acme });
  });

  test('go in steps, whatever their number', async () => {
    const many = Array.from({ length: 1200 }, (_, n) =>
      track('ada', 'Workflow Completed', { at: START + n }),
    );
    await house.send([group('ada', 'acme')]);
    await house.send(many);
    const before = await states();
    house.advance(500 * DAY);
    await house.runJobs();
    expect(await count('event')).toBe(0);
    const { rows } = await house.db.pool.query('select events::int as n from account_snapshot');
    expect(rows).toEqual([{ n: 1201 }]);
    await foldAnew();
    expect(await states()).toEqual(before);
  });

  test('of one account that cannot be purged stop nobody else’s, and are tried again when all had their turn', async () => {
    await house.send(['acme', 'birch', 'cedar'].map((where) => group(`user of ${where}`, where)));
    await house.db.pool.query("insert into account_snapshot values ('birch', 'not whole', '{}', 1, now())");
    house.advance(500 * DAY);
    const left = async () => {
      await house.runJobs();
      const complaints = house.takeErrors().filter((line) => line.includes('passed over'));
      return [(await house.db.pool.query('select account_id from event')).rows, complaints.length];
    };
    expect(await left()).toEqual([[{ account_id: 'birch' }], 1]);
    await house.db.pool.query("delete from account_snapshot where account_id = 'birch'");
    expect(await left()).toEqual([[], 0]);
  });

  test('of one account that takes the database down are not what the next run begins with', async () => {
    await house.send(['acme', 'birch', 'cedar'].map((where) => group(`user of ${where}`, where)));
    await house.db.pool.query(`
      create function out_of_room() returns trigger language plpgsql as
        $$ begin raise exception 'no room' using errcode = '53200'; end $$;
      create trigger no_room before delete on event for each row when (old.account_id = 'birch')
        execute function out_of_room()`);
    try {
      house.advance(500 * DAY);
      const left = async () => {
        await house.runJobs();
        house.takeErrors();
        return (await house.db.pool.query('select account_id from event order by 1')).rows.map(
          ({ account_id: id }) => id,
        );
      };
      expect(await left()).toEqual(['birch', 'cedar']);
      expect(await left()).toEqual(['birch']);
    } finally {
      await house.db.pool.query('drop trigger no_room on event; drop function out_of_room()');
    }
  });

  test('fold with those that came after to the same state as all of them would', {
    timeout: RUNS * 30_000,
  }, async () => {
    const history = (...visitors: [string, string]) =>
      fc.array(messageOf(fc.constantFrom(...visitors)), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        history('visitor-1', 'visitor-2'),
        history('visitor-3', 'visitor-4'),
        async (early, late) => {
          const later = 500 * DAY;
          const afterwards = late.map((one) => ({
            ...one,
            timestamp: new Date(Date.parse(one.timestamp) + later).toISOString(),
          }));
          const tell = async (purge: boolean) => {
            await house.forget();
            house.advance(7 * DAY);
            await house.send(early);
            house.advance(later);
            if (purge) await house.runJobs();
            if (purge) expect(await count('event')).toBe(0);
            await house.send(afterwards);
            const told = { states: await states(), bindings: await bindings() };
            await foldAnew();
            expect(await states()).toEqual(told.states);
            return told;
          };
          expect(await tell(true)).toEqual(await tell(false));
        },
      ),
      { numRuns: RUNS },
    );
  });
});

forEachDatabase('a signal that changed after a purge', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { readiness: READINESS, triggers: {} } });
  });
  afterAll(() => house.close());

  test('knows what is left, and the others all they knew', async () => {
    await house.send([
      group('ada', 'acme'),
      ...[1, 2, 3].map(() => track('ada', 'Workflow Completed')),
      accountEvent('acme', 'Ticket Opened'),
    ]);
    house.advance(500 * DAY);
    await house.runJobs();
    await house.send([track('ada', 'Workflow Completed', { at: house.now() })]);
    house.folder?.write(
      'triggers/readiness.yaml',
      READINESS.replace('event: Ticket Opened', 'event: Workflow Completed'),
    );
    expect((await house.secret('POST', '/v1/publish', {})).status).toBe(200);
    await house.runJobs();
    const { rows } = await house.db.pool.query('select state from account');
    expect(JSON.parse(rows[0]?.['state'])).toMatchObject({
      milestones: { workflows: { count: 4 } },
      matched: { support_trouble: { count: 1 } },
    });
  });
});

forEachDatabase('an event that may still open a trigger', (open) => {
  test('is kept until it no longer may', async () => {
    const waits = `${CARD}fresh: 600d\nunless: [{ signal: support_trouble }]\n`;
    const house = await openHouse(open, { catalog: { readiness: READINESS, triggers: { card: waits } } });
    try {
      await house.send([
        group('ada', 'acme'),
        accountEvent('acme', 'Ticket Opened'),
        track('ada', 'Workflow Completed'),
      ]);
      const left = async () => {
        await house.runJobs();
        return (await house.db.pool.query('select name from event')).rows.map(({ name }) => name);
      };
      house.advance(500 * DAY);
      expect(await left()).toEqual(['Workflow Completed']);
      house.advance(200 * DAY);
      // The first look closes the opening, the second finds an event that nothing waits for.
      await left();
      expect(await left()).toEqual([]);
    } finally {
      await house.close();
    }
  });
});
