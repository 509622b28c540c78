import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import { databases, forEachDatabase } from '../databases.ts';

forEachDatabase('values', (open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  test('Prisma and SQL see what the other wrote', async () => {
    await db.prisma.setting.create({ data: { key: 'by Prisma', value: 'ä€😀' } });
    expect((await db.pool.query("SELECT value FROM setting WHERE key = 'by Prisma'")).rows).toEqual([
      { value: 'ä€😀' },
    ]);
    await db.pool.query("INSERT INTO setting VALUES ('by SQL', 'ä€😀')");
    expect(await db.prisma.setting.findUnique({ where: { key: 'by SQL' } })).toEqual({
      key: 'by SQL',
      value: 'ä€😀',
    });
  });

  test.each([undefined, 'America/New_York', 'Asia/Kathmandu'])(
    'instants stay the same second both ways (TZ=%s)',
    async (zone) => {
      await sameInstants(db, zone);
    },
  );

  test('a parameter of three megabytes comes back whole', async () => {
    const large = 'aä€😀'.repeat(300_000);
    const { rows } = await db.pool.query<{ back: string; bytes: number }>(
      'SELECT $1::text AS back, octet_length($1::text) AS bytes',
      [large],
    );
    expect(rows[0]?.bytes).toBe(Buffer.byteLength(large));
    expect(rows[0]?.back === large).toBe(true);
  });

  test('a result of many thousand rows comes back whole', async () => {
    const { rows } = await db.pool.query<{ n: number }>('SELECT n FROM generate_series(1, 50000) AS n');
    expect(rows.length).toBe(50_000);
    expect(rows.at(-1)).toEqual({ n: 50_000 });
  });

  test('two hundred queries at once each get their own answer', async () => {
    const asked = Array.from({ length: 200 }, (_, n) => n);
    const ask = (n: number) =>
      db.pool.query(
        n % 2 ? { name: 'twice', text: 'SELECT $1::int * 2 AS n', values: [n] } : `SELECT ${n} * 2 AS n`,
      );
    const answers = await Promise.all(asked.map(ask));
    expect(answers.map(({ rows }) => rows[0]?.['n'])).toEqual(asked.map((n) => n * 2));
  });

  test('a named statement survives its own errors and the end of its connection', async () => {
    const divide = (by: number) =>
      db.pool.query({ name: 'divide', text: 'SELECT 6 / $1::int AS n', values: [by] });
    expect((await divide(2)).rows).toEqual([{ n: 3 }]);
    await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
    expect((await divide(3)).rows).toEqual([{ n: 2 }]);
    (await db.pool.connect()).release(true);
    expect((await divide(6)).rows).toEqual([{ n: 1 }]);
  });
});

const postgres = databases.find(({ kind, available }) => kind === 'postgres' && available);

describe.skipIf(postgres === undefined)('a PostgreSQL with settings of its own', () => {
  const reopened = async (setting: string, see: (db: Db) => Promise<void>): Promise<void> => {
    const first = await postgres?.open();
    if (first === undefined) return;
    try {
      const { rows } = await first.pool.query<{ name: string }>('SELECT current_database() AS name');
      await first.pool.query(`ALTER DATABASE ${rows[0]?.name} SET ${setting}`);
      const second = await openDb({
        DATABASE_URL: String(first.pool.options.connectionString),
        DATA_DIR: '',
      });
      await see(second).finally(second.close);
    } finally {
      await first.close();
    }
  };

  test('in another time zone is spoken to in UTC', () =>
    reopened("timezone = 'America/New_York'", async (db) => {
      expect((await db.pool.query('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'UTC' }]);
      await sameInstants(db, undefined);
    }));

  test('that does not wait for the disk is said to survive our end only', () =>
    reopened('synchronous_commit = off', async ({ durability }) => {
      expect(durability.survives).toBe('process');
      expect(durability.note).toContain('synchronous_commit off');
    }));
});

test('a database that is not there is named by what went wrong', async () => {
  const nowhere = openDb({ DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none', DATA_DIR: '' });
  await expect(nowhere).rejects.toThrow(/does not answer: .*ECONNREFUSED/);
  await expect(nowhere).rejects.not.toThrow(/hidden/);
});

/** Compares the seconds the database counts, because a wrong zone goes unnoticed on the way there and back. */
async function sameInstants(db: Db, zone: string | undefined): Promise<void> {
  const before = process.env['TZ'];
  if (zone !== undefined) process.env['TZ'] = zone;
  try {
    for (const at of [
      new Date('2026-03-08T07:30:00.123Z'),
      new Date('2026-11-01T05:30:00.999Z'),
      new Date(0),
    ]) {
      await db.pool.query('DELETE FROM pause');
      await db.prisma.pause.create({ data: { trigger: 'Prisma', by: 'a', createdAt: at } });
      await db.pool.query('INSERT INTO pause (trigger, by, created_at) VALUES ($1, $2, $3)', [
        'SQL',
        'a',
        at,
      ]);
      const { rows } = await db.pool.query<{ ms: string }>(
        'SELECT extract(epoch FROM created_at) * 1000 AS ms FROM pause',
      );
      expect(rows.map(({ ms }) => Number(ms))).toEqual([at.getTime(), at.getTime()]);
      const read = await db.prisma.pause.findMany();
      expect(read.map(({ createdAt }) => createdAt.getTime())).toEqual([at.getTime(), at.getTime()]);
      const raw = await db.pool.query<{ created_at: Date }>('SELECT created_at FROM pause');
      expect(raw.rows.map((row) => row.created_at.getTime())).toEqual([at.getTime(), at.getTime()]);
    }
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}
