import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type Pool } from 'pg';
import { openDb } from '../src/db/open.ts';

/** One of the two databases: where the service keeps its data, and the bare table beside it. */
export type Place = {
  readonly name: 'postgres' | 'pglite';
  /** For a service of its own; each call is a new, empty place. */
  readonly fresh: () => Promise<Ground>;
  /** For the bare insert: the connections it may use, on the same kind of database. */
  readonly bare: () => Promise<{
    readonly pool: Pool;
    readonly connections: number;
    readonly close: () => Promise<void>;
  }>;
};

export type Ground = {
  readonly environment: Readonly<Record<string, string>>;
  /** As the server calls it; absent for a folder. */
  readonly database?: string;
  readonly remove: () => Promise<void>;
};

export const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres';

export async function isThere(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

export const postgres: Place = {
  name: 'postgres',
  fresh: async () => {
    const { url, remove, name } = await makeDatabase();
    return { environment: { DATABASE_URL: url }, database: name, remove };
  },
  bare: async () => {
    const { url, remove } = await makeDatabase();
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    return { pool, connections: 2, close: () => pool.end().then(remove) };
  },
};

export const pglite: Place = {
  name: 'pglite',
  fresh: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goodturn-bench-'));
    return {
      environment: { DATA_DIR: folder },
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  bare: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goodturn-bench-'));
    const db = await openDb({ DATA_DIR: folder });
    const close = () => db.close().finally(() => rmSync(folder, { recursive: true, force: true }));
    return { pool: db.pool, connections: 1, close };
  },
};

async function makeDatabase(): Promise<{ name: string; url: string; remove: () => Promise<void> }> {
  const name = `goodturn_bench_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { name, url: url.href, remove: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
