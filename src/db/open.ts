import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/client.ts';
import type { Db } from './client.ts';
import { databaseFolder } from './data-folder.ts';
import { type Durability, durabilityOfPglite, durabilityOfPostgres } from './durability.ts';
import { lockFolder } from './lock.ts';
import { migrate } from './migrate.ts';
import { startPglite } from './pglite.ts';
import { checkServer, pglitePool, postgresPool } from './pools.ts';

/** Where the database is: a server, or else a folder of our own. */
export type DbPlace = { readonly DATABASE_URL?: string | undefined; readonly DATA_DIR: string };

/** The part of a logger that the database uses. */
export type DbLog = {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
};

type Store = Pick<Db, 'kind' | 'pool' | 'durability'> & { readonly release: () => Promise<void> };

const silent: DbLog = { info: () => {}, warn: () => {} };

/**
 * Opens the database, brings its tables up to date and measures what a commit survives. Throws, and leaves
 * nothing open, when the folder is in use, the server cannot be used or its migrations do not fit ours.
 */
export async function openDb(place: DbPlace, log: DbLog = silent): Promise<Db> {
  const store = await (place.DATABASE_URL === undefined
    ? openFolder(resolve(place.DATA_DIR), log)
    : openServer(place.DATABASE_URL, log));
  const { kind, pool, durability } = store;
  try {
    const migrations = await migrate(pool);
    if (migrations.length > 0) log.info({ migrations }, 'The database was brought up to date.');
  } catch (error) {
    await shut(store);
    throw error;
  }
  if (durability.survives !== 'power') log.warn({ durability: durability.survives }, durability.note);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shut(store);
    return closing;
  };
  return { kind, pool, prisma: prismaOver(pool), durability, close };
}

async function openServer(url: string, log: DbLog): Promise<Store> {
  const pool = listenTo(postgresPool(url), log);
  const release = async (): Promise<void> => {};
  try {
    await checkServer(pool);
    return { kind: 'postgres', pool, durability: await durabilityOfPostgres(pool), release };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function openFolder(dataDir: string, log: DbLog): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(dataDir, new Date());
  try {
    const thread = await startPglite(await databaseFolder(dataDir), (err) => {
      log.warn({ err }, 'The database thread died; the next query starts it again.');
    });
    const durability: Durability = durabilityOfPglite(thread.syncsPerCommit);
    const release = (): Promise<void> => thread.close().finally(unlock);
    return { kind: 'pglite', pool: listenTo(pglitePool(thread.connect), log), durability, release };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Without listeners a connection that breaks while nobody queries would end the process. */
function listenTo(pool: Pool, log: DbLog): Pool {
  pool.on('error', (err) =>
    log.warn({ err }, 'An idle database connection broke; the next query makes a new one.'),
  );
  pool.on('connect', (client) => client.on('error', () => {})); // whoever holds it hears it from the next query
  return pool;
}

// One name per statement, so that the server plans it once. Lists of many lengths make many statements: past
// the limit they go without a name, or a connection would keep them all.
function prismaOver(pool: Pool): PrismaClient {
  const names = new Map<string, string>();
  const statementNameGenerator = ({ sql }: { sql: string }): string => {
    if (!names.has(sql) && names.size < 300) names.set(sql, `prisma_${names.size}`);
    return names.get(sql) ?? '';
  };
  return new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator }),
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  });
}

async function shut({ pool, release }: Store): Promise<void> {
  while (pool.waitingCount > 0) await sleep(5); // a pool that ends forgets who waits for it
  await pool.end();
  await release();
}
