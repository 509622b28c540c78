import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Db } from './client.ts';
import { databaseFolder } from './data-folder.ts';
import { type Durability, durabilityOfPglite, durabilityOfPostgres } from './durability.ts';
import { lockFolder } from './lock.ts';
import { migrate } from './migrate.ts';
import { createNudgeChannel, type NudgeChannel } from './nudge-feed.ts';
import { startPglite } from './pglite.ts';
import type { OnConnect } from './pools.ts';
import { codeOf } from './retry.ts';

/** Where the database is: a server, or else a folder of our own. */
export type DbPlace = { readonly DATABASE_URL?: string | undefined; readonly DATA_DIR: string };

/** The part of a logger that the database uses. */
export type DbLog = {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
};

/** What of a database takes long to open. */
export type Store = Pick<Db, 'kind' | 'pool' | 'durability' | 'nudgeFeed' | 'close'>;

type Place = Omit<Store, 'close'> & { readonly release: () => Promise<void> };

/**
 * Opens the database, brings its tables up to date and measures what a commit survives. Throws, and leaves
 * nothing open, when the folder is in use, the server cannot be used or its migrations do not fit ours.
 */
export async function openStore(where: DbPlace, log: DbLog): Promise<Store> {
  const place = await (where.DATABASE_URL === undefined
    ? openFolder(resolve(where.DATA_DIR), log)
    : openServer(where.DATABASE_URL, log));
  const { kind, pool, durability, nudgeFeed } = place;
  try {
    const migrations = await migrate(pool);
    if (migrations.length > 0) log.info({ migrations }, 'The database was brought up to date.');
  } catch (error) {
    await shut(place);
    throw error;
  }
  if (durability.survives !== 'power') log.warn({ durability: durability.survives }, durability.note);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shut(place);
    return closing;
  };
  return { kind, pool, durability, nudgeFeed, close };
}

async function openServer(url: string, log: DbLog): Promise<Place> {
  const { checkServer, postgresPool } = await import('./pools.ts');
  const { listenForNudges } = await import('./nudge-listener.ts');
  const channel = createNudgeChannel();
  const pool = listenTo(postgresPool(url, channel.attend), log);
  const { feed: nudgeFeed, stop } = listenForNudges(url, pool, channel, log);
  try {
    await checkServer(pool);
    const durability = await durabilityOfPostgres(pool);
    return { kind: 'postgres', pool, durability, nudgeFeed, release: stop };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function openFolder(dataDir: string, log: DbLog): Promise<Place> {
  makeFolder(dataDir);
  const unlock = lockFolder(dataDir, new Date());
  try {
    const starting = startPglite(await databaseFolder(dataDir), (err) => {
      log.warn({ err }, 'The database thread died; the next query starts it again.');
    });
    // What it takes to talk with the thread is loaded while the thread starts, which takes longer.
    const [thread, { pglitePool }] = await Promise.all([starting, import('./pools.ts')]);
    const durability: Durability = durabilityOfPglite(thread.syncsPerCommit);
    const release = (): Promise<void> => thread.close().finally(unlock);
    const channel = createNudgeChannel();
    const pool = listenTo(pglitePool(thread.connect, attendAnew(channel)), log);
    return { kind: 'pglite', pool, durability, nudgeFeed: channel, release };
  } catch (error) {
    unlock();
    throw error;
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = ['EEXIST', 'ENOTDIR'].includes(codeOf(error))
      ? 'there is a file in its place'
      : String(error);
    throw new Error(`DATA_DIR: expected a folder, or a place for one, at ${dataDir}; ${why}.`, {
      cause: error,
    });
  }
}

/** A new connection may be one after a break, in which something was committed and not heard of. */
function attendAnew(channel: NudgeChannel): OnConnect {
  return async (client) => {
    await channel.attend(client);
    channel.tell(undefined);
  };
}

/** Without listeners a connection that breaks while nobody queries would end the process. */
function listenTo(pool: Pool, log: DbLog): Pool {
  pool.on('error', (err) =>
    log.warn({ err }, 'An idle database connection broke; the next query makes a new one.'),
  );
  pool.on('connect', (client) => client.on('error', () => {})); // whoever holds it hears it from the next query
  return pool;
}

async function shut({ pool, release }: Place): Promise<void> {
  while (pool.waitingCount > 0) await sleep(5); // a pool that ends forgets who waits for it
  await pool.end();
  await release();
}
