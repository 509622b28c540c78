import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { createKnownAccounts } from './accounts.ts';
import type { Db } from './client.ts';
import { databaseFolder } from './data-folder.ts';
import { type Durability, durabilityOfPglite, durabilityOfPostgres } from './durability.ts';
import { createKnown } from './known.ts';
import { lockFolder } from './lock.ts';
import { migrate } from './migrate.ts';
import { createNudgeChannel, type NudgeChannel } from './nudge-feed.ts';
import { listenForNudges } from './nudge-listener.ts';
import type { PersonRow } from './people.ts';
import { startPglite } from './pglite.ts';
import { checkServer, type OnConnect, pglitePool, postgresPool } from './pools.ts';
import { codeOf } from './retry.ts';

/** Where the database is: a server, or else a folder of our own. */
export type DbPlace = { readonly DATABASE_URL?: string | undefined; readonly DATA_DIR: string };

/** The part of a logger that the database uses. */
export type DbLog = {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
};

type Store = Pick<Db, 'kind' | 'pool' | 'durability' | 'nudgeFeed'> & {
  readonly release: () => Promise<void>;
};

/** Characters of text, of accounts and of people each; in memory they take about three times as many bytes. */
const MOST_KNOWN = 60_000_000;

const silent: DbLog = { info: () => {}, warn: () => {} };

/**
 * Opens the database, brings its tables up to date and measures what a commit survives. Throws, and leaves
 * nothing open, when the folder is in use, the server cannot be used or its migrations do not fit ours.
 */
export async function openDb(place: DbPlace, log: DbLog = silent): Promise<Db> {
  const store = await (place.DATABASE_URL === undefined
    ? openFolder(resolve(place.DATA_DIR), log)
    : openServer(place.DATABASE_URL, log));
  const { kind, pool, durability, nudgeFeed } = store;
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
  const known = { accounts: createKnownAccounts(MOST_KNOWN), people: createKnown<PersonRow>(MOST_KNOWN) };
  return { kind, pool, known, prisma: prismaOver(pool), durability, nudgeFeed, close };
}

async function openServer(url: string, log: DbLog): Promise<Store> {
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

async function openFolder(dataDir: string, log: DbLog): Promise<Store> {
  makeFolder(dataDir);
  const unlock = lockFolder(dataDir, new Date());
  try {
    const thread = await startPglite(await databaseFolder(dataDir), (err) => {
      log.warn({ err }, 'The database thread died; the next query starts it again.');
    });
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
