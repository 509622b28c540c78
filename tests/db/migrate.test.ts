import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { migrate, migrationsFolder } from '../../src/db/migrate.ts';
import { openDb } from '../../src/db/open.ts';
import { forEachDatabase } from '../databases.ts';

const first = '20261122000000_init';
const ours = Object.fromEntries(
  readdirSync(migrationsFolder)
    .sort()
    .map((name) => [name, readFileSync(join(migrationsFolder, name, 'migration.sql'), 'utf8')]),
);

forEachDatabase('migrations', (open, kind) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  /** Our migrations and these, in a folder of their own. */
  const withMigrations = async (
    more: Record<string, string>,
    work: (folder: string) => Promise<void>,
  ): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'goodturn-migrations-'));
    for (const [name, sql] of Object.entries({ ...ours, ...more })) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'migration.sql'), sql);
    }
    await work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
  };
  const names = async (): Promise<string[]> => {
    const { rows } = await db.pool.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1',
    );
    return rows.map(({ name }) => name);
  };
  const tableExists = async (table: string): Promise<boolean> =>
    (await db.pool.query('SELECT to_regclass($1) AS found', [table])).rows[0]?.['found'] !== null;

  const forget = async (table: string): Promise<void> => {
    await db.pool.query(`DROP TABLE ${table}; DELETE FROM _prisma_migrations WHERE migration_name >= '2027'`);
  };

  test('are recorded as Prisma records them', async () => {
    const { rows } = await db.pool.query(
      `SELECT *, finished_at >= started_at AS in_order FROM _prisma_migrations WHERE migration_name = $1`,
      [first],
    );
    expect(rows).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash('sha256')
          .update(ours[first] ?? '')
          .digest('hex'),
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
        in_order: true,
      }),
    ]);
  });

  test('are applied in the order of their names', () =>
    withMigrations(
      {
        '20270102000000_fill': 'INSERT INTO later VALUES (1)',
        '20270101000000_later': 'CREATE TABLE later (id INT)',
      },
      async (folder) => {
        expect(await migrate(db.pool, folder)).toEqual(['20270101000000_later', '20270102000000_fill']);
        expect(await migrate(db.pool, folder)).toEqual([]);
        await forget('later');
      },
    ));

  test('started by many at once are applied once', () =>
    withMigrations(
      { '20270101000000_once': 'CREATE TABLE once (id INT); INSERT INTO once VALUES (1)' },
      async (folder) => {
        const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(db.pool, folder)));
        expect(applied.flat()).toEqual(['20270101000000_once']);
        expect((await db.pool.query('SELECT count(*)::int AS n FROM once')).rows).toEqual([{ n: 1 }]);
        await forget('once');
      },
    ));

  test('that fail change nothing, and those before them stay', () =>
    withMigrations(
      {
        '20270101000000_fine': 'CREATE TABLE fine (id INT)',
        '20270102000000_wrong': 'CREATE TABLE wrong (id INT); SELECT nonsense',
      },
      async (folder) => {
        await expect(migrate(db.pool, folder)).rejects.toThrow(
          /20270102000000_wrong failed and changed nothing: .*nonsense/,
        );
        expect(await names()).toEqual([...Object.keys(ours), '20270101000000_fine']);
        expect([await tableExists('fine'), await tableExists('wrong')]).toEqual([true, false]);
        await forget('fine');
      },
    ));

  test('edited after they were applied stop the start', () =>
    withMigrations({ [first]: `${ours[first]}\n-- a small improvement` }, async (folder) => {
      await expect(migrate(db.pool, folder)).rejects.toThrow(
        /20261122000000_init was edited after it was applied/,
      );
    }));

  test('that this version does not know stop the start', async () => {
    const insert =
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ($1, $2, $3, now())';
    await db.pool.query(insert, ['1', 'x', '20990101000000_future']);
    await expect(migrate(db.pool)).rejects.toThrow(
      /does not know: 20990101000000_future\. It was last used by a newer version/,
    );
    await db.pool.query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = '1'");
    expect(await migrate(db.pool)).toEqual([]); // rolled back is as if it never was
    await db.pool.query("DELETE FROM _prisma_migrations WHERE id = '1'");
  });

  test('that another tool left unfinished stop the start', async () => {
    await db.pool.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(db.pool)).rejects.toThrow(
      /never finished.*migrate resolve --applied 20261122000000_init/,
    );
    await db.pool.query('UPDATE _prisma_migrations SET finished_at = now()');
  });

  test('leave the connection as they found it', async () => {
    const settings = "SELECT current_setting('statement_timeout') AS s, current_setting('lock_timeout') AS l";
    const before = (await db.pool.query(settings)).rows;
    await migrate(db.pool);
    expect((await db.pool.query(settings)).rows).toEqual(before);
    // Of this database alone: others on the same server have locks of their own.
    const locks = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect((await db.pool.query(locks)).rowCount).toBe(0);
  });

  test.runIf(kind === 'postgres')('refuse the whole start, and leave no connection open', async () => {
    await db.pool.query("UPDATE _prisma_migrations SET checksum = 'x'");
    const again = openDb({ DATABASE_URL: String(db.pool.options.connectionString), DATA_DIR: '' });
    await expect(again).rejects.toThrow('was edited');
    await expect
      .poll(
        async () =>
          (
            await db.pool.query(
              `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()`,
            )
          ).rows[0]?.n,
      )
      .toBe(db.pool.totalCount);
  });
});
