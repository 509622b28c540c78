import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import pg from 'pg';
import { openDb } from '../src/db/open.ts';

/** Bytes by table, with its indexes and what lies beside it. */
export type TableSizes = Readonly<Record<string, number>>;

/** How to see from outside what a running service has on disk. */
export type Disk = {
  readonly tables: () => Promise<TableSizes>;
  /** Bytes of write-ahead log; NaN where it belongs to a server. */
  readonly wal: () => number;
  readonly close: () => Promise<void>;
};

const SIZES = `
  select relname as name, pg_total_relation_size(oid) as bytes from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace`;

const FILES = `
  with mine as (select oid, relname, reltoastrelid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace)
  select mine.relname as name, pg_relation_filepath(part.oid) as path
  from mine, lateral (
    select mine.oid union all select mine.reltoastrelid where mine.reltoastrelid <> 0
    union all select indexrelid from pg_index where indrelid in (mine.oid, mine.reltoastrelid)
  ) as part (oid)`;

/** The service that made the tables must have stopped: a folder serves one process. */
export async function openDisk(environment: Readonly<Record<string, string>>): Promise<Disk> {
  const { DATABASE_URL: url, DATA_DIR: folder = '' } = environment;
  if (url !== undefined) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return { tables: () => sizesOf(client), wal: () => Number.NaN, close: () => client.end() };
  }
  const pgdata = join(folder, 'database', 'pgdata');
  const db = await openDb({ DATA_DIR: folder });
  const { rows } = await db.pool.query<{ name: string; path: string }>(FILES);
  await db.close();
  const names = new Map(rows.map(({ name, path }) => [basename(path), name]));
  const [base = ''] = rows.map(({ path }) => join(pgdata, path, '..'));
  return {
    tables: async () => {
      const sizes: Record<string, number> = {};
      for (const [file, bytes] of filesIn(base)) {
        const name = names.get(/^\d+/.exec(file)?.[0] ?? '');
        if (name !== undefined) sizes[name] = (sizes[name] ?? 0) + bytes;
      }
      return sizes;
    },
    wal: () => filesIn(join(pgdata, 'pg_wal')).reduce((sum, [, bytes]) => sum + bytes, 0),
    close: () => Promise.resolve(),
  };
}

/** What the tables of a service that has stopped take now, and once they are written anew without a gap. */
export async function packTables(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly before: TableSizes; readonly packed: TableSizes }> {
  const db = await openDb({ DATA_DIR: '', ...environment });
  try {
    const before = await sizesOf(db.pool);
    await db.pool.query('VACUUM FULL');
    return { before, packed: await sizesOf(db.pool) };
  } finally {
    await db.close();
  }
}

async function sizesOf(database: Pick<pg.Client | pg.Pool, 'query'>): Promise<TableSizes> {
  const { rows } = await database.query<{ name: string; bytes: string }>(SIZES);
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]));
}

function filesIn(folder: string): [string, number][] {
  return readdirSync(folder).flatMap((name): [string, number][] => {
    try {
      return [[name, statSync(join(folder, name)).size]];
    } catch {
      return []; // gone between the two calls
    }
  });
}
