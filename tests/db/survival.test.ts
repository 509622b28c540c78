import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import { prepareTemplate } from '../../src/db/prepare-template.ts';
import { startChild } from './start-child.ts';

// Files of a first start that was killed; they appear all at once near its end, so that time would choose badly.
const POINTS = process.env['SOAK'] === '1' ? Array.from({ length: 40 }, (_, n) => 1 + n * 13) : [1, 150, 500];

describe('a data folder', { timeout: 180_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    await prepareTemplate();
    folder = mkdtempSync(join(tmpdir(), 'goodturn-survival-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = (): number => readdirSync(folder, { recursive: true }).length;

  test.each(POINTS)('whose first start was killed at %i files is started by the next', async (point) => {
    const child = startChild('open', folder);
    await child.says(/ready/);
    while (files() < point) await sleep(1);
    await child.kill();
    const db = await openDb({ DATA_DIR: folder });
    expect((await db.pool.query('SELECT count(*)::int AS n FROM event')).rows).toEqual([{ n: 0 }]);
    await db.close();
    expect(readdirSync(folder).sort()).toEqual(['database', 'lock']);
  });

  test('with a half-made database beside its place throws that away', async () => {
    const unfinished = join(folder, 'database.unfinished', 'pgdata');
    mkdirSync(unfinished, { recursive: true });
    cpSync('package.json', join(unfinished, 'PG_VERSION'));
    await (await openDb({ DATA_DIR: folder })).close();
    expect(existsSync(join(folder, 'database.unfinished'))).toBe(false);
  });

  test('with a database that is not whole is refused, saying what to do, and is not locked after that', async () => {
    mkdirSync(join(folder, 'database', 'pgdata'), { recursive: true });
    for (const _twice of [1, 2]) {
      await expect(openDb({ DATA_DIR: folder })).rejects.toThrow(
        /database is not a whole database.*move the folder away/,
      );
    }
  });

  test('has every row it acknowledged, however often it was killed while writing', async () => {
    const kept: string[] = [];
    for (const rows of [3, 40, 120]) {
      const child = startChild('write', folder);
      await child.says(/open/);
      await child.says(new RegExp(`^kept .*-${rows}$`));
      await child.kill();
      kept.push(
        ...child.lines.filter((line) => line.startsWith('kept ')).map((line) => line.slice('kept '.length)),
      );
    }
    const db = await openDb({ DATA_DIR: folder });
    const { rows } = await db.pool.query<{ key: string }>('SELECT key FROM setting');
    await db.close();
    const stored = new Set(rows.map(({ key }) => key));
    expect(kept.filter((key) => !stored.has(key))).toEqual([]);
    expect(kept.length).toBeGreaterThanOrEqual(160);
    expect(stored.size - kept.length).toBeLessThanOrEqual(3); // committed, but killed before it could say so
  });
});
