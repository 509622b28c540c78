import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Db, inTransaction } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import { prepareTemplate } from '../../src/db/prepare-template.ts';
import { pgliteVersion } from '../../src/db/template.ts';
import { checkpoint, shortenLog, vacuum } from '../../src/db/upkeep.ts';
import { databases } from '../databases.ts';

const pglite = async (work: (db: Db) => Promise<void>): Promise<void> => {
  const db = await databases.find(({ kind }) => kind === 'pglite')?.open();
  if (db !== undefined) await work(db).finally(db.close);
};

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-pglite-'));
  await prepareTemplate();
  await work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
};

describe('PGlite', { timeout: 180_000 }, () => {
  test('reaches the disk with every commit, and says so', () =>
    pglite(async ({ durability }) => {
      expect(durability.survives).toBe('power');
      expect(durability.note).toMatch(/[1-9]\d* per commit/);
    }));

  test.each(['file', 'file/data'])('says where its folder cannot be: %s', (name) =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const dataDir = join(folder, name);
      const opening = openDb({ DATA_DIR: dataDir }, { info: () => {}, warn: () => {} });
      await expect(opening).rejects.toThrow(
        `DATA_DIR: expected a folder, or a place for one, at ${dataDir}; there is a file in its place.`,
      );
    }),
  );

  test('lets the rest of the process work while a statement is slow', () =>
    pglite(async ({ pool }) => {
      let ticks = 0;
      const timer = setInterval(() => {
        ticks += 1;
      }, 2);
      await pool.query('SELECT pg_sleep(0.5)');
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(10);
    }));

  test('rejects what was under way when the disk fails it, and recovers what was committed once it can', () =>
    inFolder(async (folder) => {
      const log = join(folder, 'database', 'pgdata', 'pg_wal');
      const warnings: string[] = [];
      const db = await openDb(
        { DATA_DIR: folder },
        { info: () => {}, warn: (_facts, message) => warnings.push(message) },
      );
      try {
        await db.pool.query("INSERT INTO setting VALUES ('before', '1')");
        renameSync(log, `${log}.away`);
        const crash = inTransaction(db, async (tx) => {
          await tx.query("INSERT INTO setting VALUES ('never', '1')");
          await tx.query("SELECT pg_logical_emit_message(true, 'fill', repeat('x', 20000000))");
        });
        await expect(crash).rejects.toThrow(/stopped: .*PANIC/);
        await expect(db.pool.query('SELECT 1')).rejects.toThrow('stopped');
        expect(warnings).toEqual(['The database thread died; the next query starts it again.']);
        rmSync(log, { recursive: true, force: true });
        renameSync(`${log}.away`, log);
        const { rows } = await db.pool.query("SELECT key FROM setting WHERE key IN ('before', 'never')");
        expect(rows).toEqual([{ key: 'before' }]);
      } finally {
        await db.close();
      }
    }));

  test('cleans up tables that changed much, and shortens its log', () =>
    pglite(async (db) => {
      await db.pool.query(
        "INSERT INTO setting SELECT n::text, repeat('x', 1000) FROM generate_series(1, 5000) AS n",
      );
      await db.pool.query("UPDATE setting SET value = 'y'");
      const dead = async (): Promise<number> =>
        Number(
          (await db.pool.query("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'setting'"))
            .rows[0]?.['n_dead_tup'],
        );
      const toRecover = async (): Promise<number> =>
        Number(
          (
            await db.pool.query(
              'SELECT pg_current_wal_lsn() - redo_lsn AS bytes FROM pg_control_checkpoint()',
            )
          ).rows[0]?.['bytes'],
        );
      await db.pool.query('SELECT pg_stat_force_next_flush()');
      expect(await dead()).toBeGreaterThan(1000);
      const before = await toRecover();
      await vacuum(db);
      await checkpoint(db);
      await db.pool.query('SELECT pg_stat_force_next_flush()');
      expect(await dead()).toBe(0);
      expect(await toRecover()).toBeLessThan(before / 10);
    }));

  test('keeps its log short however much is written', () =>
    pglite(async (db) => {
      const MB = 1024 * 1024;
      let longest = 0;
      for (let round = 0; round < 10; round += 1) {
        await db.pool.query("SELECT pg_logical_emit_message(true, 'fill', repeat('x', 20000000))");
        await shortenLog(db);
        const { rows } = await db.pool.query('SELECT sum(size) AS bytes FROM pg_ls_waldir()');
        longest = Math.max(longest, Number(rows[0]?.['bytes']));
      }
      // 200 MB went through it; 64 are let stand, and as many may be kept to be written over.
      expect(longest).toBeGreaterThan(64 * MB);
      expect(longest).toBeLessThan(170 * MB);
    }));

  test('is refused to a second opener of its folder, and open to the next one after the first', () =>
    inFolder(async (folder) => {
      const db = await openDb({ DATA_DIR: folder });
      try {
        await expect(openDb({ DATA_DIR: folder })).rejects.toThrow('in use by this very process');
        expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      } finally {
        await db.close();
      }
      expect(readdirSync(join(folder, 'lock'))).toEqual([]);
      await (await openDb({ DATA_DIR: folder })).close();
    }));

  test('has the version that our template is made for', () => {
    const installed = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
    expect(installed.version).toBe(pgliteVersion);
  });
});
