import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, migrationsFolder } from '../../src/db/migrate.ts';
import { openDb } from '../../src/db/open.ts';
import { prepareTemplate } from '../../src/db/prepare-template.ts';
import { HOUR } from '../../src/engine/time.ts';
import { databases, forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { joined, scored, track } from '../messages.ts';
import { CARD, DRAFT, MAIL } from '../small-catalog.ts';
import { startChild } from './start-child.ts';

const NEXT = '20991231000000_next';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodturn-upgrade-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The migrations of the next version: ours and one more. */
function nextVersion(name: string, sql: string): string {
  const migrations = join(folder, name);
  cpSync(migrationsFolder, migrations, { recursive: true });
  mkdirSync(join(migrations, NEXT));
  writeFileSync(join(migrations, NEXT, 'migration.sql'), sql);
  return migrations;
}

forEachDatabase('an upgrade that is killed in the middle', (open, kind) => {
  test('is done by the next start, whole and once', { timeout: 180_000 }, async () => {
    const sql = 'CREATE TABLE next (id INT); INSERT INTO next VALUES (1); SELECT pg_sleep(2)';
    const migrations = nextVersion(`killed-${kind}`, sql);
    const server = kind === 'postgres' ? await open() : undefined;
    const url = server && String(server.pool.options.connectionString);
    await prepareTemplate();
    const place = { DATA_DIR: join(folder, 'data'), DATABASE_URL: url };
    const child = startChild('migrate', place.DATA_DIR, migrations, ...(url === undefined ? [] : [url]));
    await child.says(/begins/);
    const isUnderWay = async () =>
      (await server?.pool.query("select 1 from pg_stat_activity where query like '%INTO next%pg_sleep%'"))
        ?.rowCount === 2; // with this one
    if (server === undefined) await sleep(500);
    else await expect.poll(isUnderWay, { timeout: 30_000 }).toBe(true);
    await child.kill();
    expect(child.lines).not.toContain('done');

    const db = await openDb(place);
    try {
      expect((await db.pool.query("select to_regclass('next') as found")).rows).toEqual([{ found: null }]);
      expect(await migrate(db.pool, migrations)).toEqual([NEXT]);
      expect((await db.pool.query('select * from next')).rows).toEqual([{ id: 1 }]);
      expect(await migrate(db.pool, migrations)).toEqual([]);
    } finally {
      await db.close();
      await server?.close();
    }
  });
});

const postgres = databases.find(({ kind, available }) => kind === 'postgres' && available);

describe.skipIf(postgres === undefined)('a replica of the version before', () => {
  let house: House;
  beforeAll(async () => {
    if (postgres === undefined) return;
    house = await openHouse(postgres.open, {
      catalog: { triggers: { mail: MAIL, card: CARD, draft: DRAFT } },
    });
  });
  afterAll(() => house.close());

  /** Every road through the tables: an email, a card and a draft, each in an account of its own that nobody has met. */
  async function live(name: string): Promise<unknown> {
    const at = house.now();
    const [ada, ben, eve] = [`ada-of-${name}`, `ben-of-${name}`, `eve-of-${name}`] as const;
    const accounts = [`${name}-mail`, `${name}-card`, `${name}-draft`] as const;
    await house.send([
      ...joined(ada, accounts[0], at),
      ...joined(ben, accounts[1], at),
      ...joined(eve, accounts[2], at, { csm_email: 'sam@vendor.example' }),
      scored(ada, 10, { at }),
      track(ben, 'Workflow Completed', { at }),
      track(eve, 'Kind Words', { at, properties: { text: 'Splendid!' } }),
      { type: 'track', userId: ada }, // refused, and recorded
    ]);
    await house.runJobs();
    const [nudge] = (await house.as(ben, 'GET', '/v1/nudges')).json.nudges;
    const shown = await house.as(ben, 'POST', `/v1/nudges/${nudge.id}/shown`);
    const referral = await house.secret('POST', '/v1/referrals', {
      advocate: ada,
      email: `jo@${name}.example`,
      company: name,
    });
    const answers = [
      shown,
      referral,
      await house.secret('POST', `/v1/referrals/${referral.json.id}/stage`, { stage: 'qualified' }),
      await house.secret('POST', `/v1/people/${ada}/hold`, {
        until: '2027-01-01',
        reason: 'away',
        by: 'sam',
      }),
      await house.secret('POST', '/v1/suppressions', { addresses: [`${ada}@customer.example`] }),
      await house.secret('POST', '/v1/pause', { trigger: 'card' }),
      await house.secret('POST', '/v1/resume', { trigger: 'card' }),
    ];
    await house.pass(20 * HOUR); // the draft falls back to an email
    for (const path of ['/v1/accounts', `/v1/accounts/${accounts[0]}/why`, '/v1/rejections', '/v1/shortlist'])
      answers.push(await house.secret('GET', path));
    const asks = [];
    for (const account of accounts)
      for (const kind of ['asks', 'decisions'])
        for (const { trigger, status, verdict } of (
          await house.secret('GET', `/v1/${kind}?account_id=${account}`)
        ).json[kind])
          asks.push([trigger, status ?? verdict]);
    answers.push(await house.secret('DELETE', `/v1/people/${ben}`));
    return { asks, answers: answers.map(({ status }) => status) };
  }

  test('goes on as before while the next version has added to every table', async () => {
    const before = await live('acme');
    const { rows } = await house.db.pool.query<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables
       where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name <> '_prisma_migrations'`,
    );
    const sql = rows
      .map(({ name }) => `ALTER TABLE ${name} ADD COLUMN next TEXT NOT NULL DEFAULT 'x';`)
      .join('\n');
    const migrations = nextVersion('added', `${sql}\nCREATE TABLE next (id INT);`);
    expect(await migrate(house.db.pool, migrations)).toEqual([NEXT]);
    expect(await live('birch')).toEqual(before);
  });
});
