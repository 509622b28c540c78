import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { createKnownAccounts } from './accounts.ts';
import type { Db } from './client.ts';
import { createKnown } from './known.ts';
import type { PersonRow } from './people.ts';
import { type DbLog, type DbPlace, openStore, type Store } from './store.ts';

/** Characters of text, of accounts and of people each; in memory they take about three times as many bytes. */
const MOST_KNOWN = 60_000_000;

const silent: DbLog = { info: () => {}, warn: () => {} };

/** Opens the database, or waits for the store that was begun to be opened on it, and throws what `openStore` throws. */
export async function openDb(
  place: DbPlace,
  log: DbLog = silent,
  opening: Promise<Store> = openStore(place, log),
): Promise<Db> {
  const store = await opening;
  const known = { accounts: createKnownAccounts(MOST_KNOWN), people: createKnown<PersonRow>(MOST_KNOWN) };
  return { ...store, known, prisma: prismaOver(store.pool) };
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
