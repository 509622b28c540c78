import { randomUUID } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPglite } from './pglite.ts';

export const pgliteVersion = '0.5.16'; // A template made by another version is not used; a test holds this to package.json.
const WHOLE = 'whole.json';
const TEMPLATE = fileURLToPath(
  new URL(`../../node_modules/.cache/goodturn/pglite-${pgliteVersion}`, import.meta.url),
);

/**
 * The folder of the database's files inside `dataDir`, made at the first start. A new database is made beside
 * its place and moved there when it is whole and on disk, so one that was interrupted is never taken for a
 * database; the next start throws it away. The caller holds the folder's lock.
 */
export async function databaseFolder(dataDir: string): Promise<string> {
  const place = join(dataDir, 'database');
  if (!existsSync(place)) await makeCluster(place, join(dataDir, 'database.unfinished'));
  if (!existsSync(join(place, WHOLE))) {
    throw new Error(
      `${place} is not a whole database: it has no ${WHOLE}. If it was restored from a backup, the backup missed ` +
        'that file; otherwise move the folder away, and the next start makes a new one.',
    );
  }
  return join(place, 'pgdata');
}

/**
 * Makes an empty database to copy from, unless there is one: a first start then takes a fraction of the time.
 * For the build and the tests; without it, everything works the same.
 */
export async function prepareTemplate(): Promise<void> {
  if (existsSync(TEMPLATE)) return;
  const unfinished = `${TEMPLATE}.${randomUUID()}`;
  try {
    await makeCluster(TEMPLATE, unfinished);
  } catch (error) {
    if (!existsSync(TEMPLATE)) throw error; // another process was faster
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function makeCluster(place: string, unfinished: string): Promise<void> {
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  if (place !== TEMPLATE && existsSync(join(TEMPLATE, WHOLE))) {
    cpSync(join(TEMPLATE, 'pgdata'), join(unfinished, 'pgdata'), { recursive: true });
  } else {
    mkdirSync(join(unfinished, 'pgdata'), { mode: 0o700 });
    const making = await startPglite(join(unfinished, 'pgdata'), () => {});
    await making.close();
  }
  writeFileSync(join(unfinished, WHOLE), `${JSON.stringify({ pglite: pgliteVersion })}\n`);
  syncTree(unfinished);
  renameSync(unfinished, place);
  sync(dirname(place));
}

function syncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(path, entry.name));
    else sync(join(path, entry.name));
  }
  sync(path);
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
