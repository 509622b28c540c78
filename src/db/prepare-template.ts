import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrate } from './migrate.ts';
import { startPglite } from './pglite.ts';
import { pglitePool } from './pools.ts';
import { packTemplate, readTemplate, TEMPLATE } from './template.ts';

/**
 * Makes a new database to copy, with its tables, unless there is one: a first start then takes a fraction of the time.
 * For the build and the tests; without it, everything works the same.
 */
export async function prepareTemplate(): Promise<void> {
  if (readTemplate() !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-template-'));
  const unfinished = `${TEMPLATE}.${randomUUID()}`;
  try {
    await makeDatabase(folder);
    mkdirSync(dirname(TEMPLATE), { recursive: true });
    writeFileSync(unfinished, packTemplate(folder));
    renameSync(unfinished, TEMPLATE);
  } finally {
    rmSync(unfinished, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeDatabase(folder: string): Promise<void> {
  const thread = await startPglite(folder, () => {});
  try {
    const pool = pglitePool(thread.connect, async () => {});
    await migrate(pool);
    // PostgreSQL keeps two more databases to make new ones from: half of all files, and nobody makes any.
    await pool.query('UPDATE pg_database SET datistemplate = false');
    for (const name of ['template0', 'template1']) await pool.query(`DROP DATABASE ${name}`);
    await pool.end();
  } finally {
    await thread.close();
  }
}
