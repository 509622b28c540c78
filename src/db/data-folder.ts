import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startPglite } from './pglite.ts';
import { pgliteVersion, unpackTemplate } from './template.ts';

const WHOLE = 'whole.json';

/**
 * The folder of the database's files inside `dataDir`, made at the first start. A new database is made beside
 * its place and moved there when it is whole and on disk, so one that was interrupted is never taken for a
 * database; the next start throws it away. The caller holds the folder's lock.
 */
export async function databaseFolder(dataDir: string): Promise<string> {
  const place = join(dataDir, 'database');
  if (!existsSync(place)) await makeDatabase(place, join(dataDir, 'database.unfinished'));
  if (!existsSync(join(place, WHOLE))) {
    throw new Error(
      `${place} is not a whole database: it has no ${WHOLE}. If it was restored from a backup, the backup missed ` +
        'that file; otherwise move the folder away, and the next start makes a new one.',
    );
  }
  return join(place, 'pgdata');
}

async function makeDatabase(place: string, unfinished: string): Promise<void> {
  const files = join(unfinished, 'pgdata');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(files, { recursive: true, mode: 0o700 });
  if (!unpackTemplate(files)) await (await startPglite(files, () => {})).close();
  writeFileSync(join(unfinished, WHOLE), `${JSON.stringify({ pglite: pgliteVersion })}\n`);
  await syncTree(unfinished);
  renameSync(unfinished, place);
  await sync(dirname(place));
}

/** Some at a time: where each takes a disk milliseconds, they take them together. */
async function syncTree(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const paths = [folder, ...names.map((name) => join(folder, name))];
  const syncSome = async () => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) await sync(path);
  };
  await Promise.all(Array.from({ length: 8 }, syncSome));
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
