import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, test } from 'vitest';
import type { Db } from '../src/db/client.ts';
import { openDb } from '../src/db/open.ts';
import { prepareTemplate } from '../src/db/prepare-template.ts';

export type TestDatabase = {
  readonly kind: Db['kind'];
  readonly available: boolean;
  /** A fresh, empty, migrated database. Closing it removes it. */
  readonly open: () => Promise<Db>;
};

export const server = process.env['TEST_DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres';

/** Both databases Goodturn runs on. Each test that opens one has it for itself. */
export const databases: readonly TestDatabase[] = [
  { kind: 'pglite', available: true, open: openPglite },
  { kind: 'postgres', available: await answers(server), open: openPostgres },
];

/** The same tests on every database that is there; says so where one is not. */
export function forEachDatabase(
  name: string,
  tests: (open: () => Promise<Db>, kind: Db['kind']) => void,
): void {
  for (const { kind, available, open } of databases) {
    if (available) describe(`${name} (${kind})`, () => tests(open, kind));
    else test.skip(`${name} (${kind}): skipped, because ${server.replace(/:[^:@/]*@/, '@')} does not answer`);
  }
}

let template: Promise<void> | undefined;

async function openPglite(): Promise<Db> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goodturn-test-'));
  template ??= prepareTemplate();
  await template;
  const db = await openDb({ DATA_DIR: dataDir });
  return { ...db, close: () => db.close().finally(() => rmSync(dataDir, { recursive: true, force: true })) };
}

async function openPostgres(): Promise<Db> {
  const name = `goodturn_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = (): Promise<void> => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  try {
    const db = await openDb({ DATABASE_URL: url.href, DATA_DIR: '' });
    return { ...db, close: () => db.close().finally(drop) };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}
