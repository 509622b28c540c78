import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inTransaction } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import type { OwnServer } from '../own-server.ts';
import { readTables, type Tables } from './tables.ts';

/** Where the service of a run keeps its data, and how to look at it while the service is dead. */
export type Place = {
  readonly environment: Readonly<Record<string, string>>;
  /** Looks at what the last kill left behind. Once this resolves, the service may start again. */
  readonly look: () => Promise<Look>;
  readonly remove: () => Promise<void>;
  /** The server it is on, where that is to be killed in place of the service. */
  readonly server?: OwnServer;
};

/** The tables of one moment; undefined where it was before there were any. */
export type Look = { readonly tables: Promise<Tables | undefined> };

/** A folder. It is looked at in a copy, so that the service finds exactly what its own death left behind. */
export function pglitePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-kills-'));
  const data = join(folder, 'data');
  let copies = 0;
  return {
    environment: { DATA_DIR: data },
    look: async () => {
      if (!existsSync(join(data, 'database'))) return { tables: Promise.resolve(undefined) };
      copies += 1;
      const copy = join(folder, `copy-${copies}`);
      cpSync(join(data, 'database'), join(copy, 'database'), { recursive: true });
      return {
        tables: readAll({ DATA_DIR: copy }).finally(() => rmSync(copy, { recursive: true, force: true })),
      };
    },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A database of its own on a server. */
export async function postgresPlace(server: string): Promise<Place> {
  const name = `goodturn_kills_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    environment: { DATABASE_URL: url.href },
    look: async () => {
      const tables = await readAll({ DATABASE_URL: url.href, DATA_DIR: '' });
      return { tables: Promise.resolve(tables) };
    },
    remove: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function readAll(place: { DATABASE_URL?: string; DATA_DIR: string }): Promise<Tables> {
  const db = await openDb(place);
  try {
    return await inTransaction(db, readTables);
  } finally {
    await db.close();
  }
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
