import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool, PoolClient } from 'pg';

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

// The lock Prisma's own tools take, so that neither runs beside the other.
const LOCK = 72_707_369;

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** Where the migrations are, from the source and from the build alike. */
export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/**
 * Brings the database to the newest migration, each in one transaction with its row in
 * `_prisma_migrations`, and returns the names it applied. Any number of processes may start at once.
 * Throws when the database is ahead of this version, or a migration was edited after it was applied.
 */
export async function migrate(pool: Pool, folder = migrationsFolder): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = await pool.connect();
  try {
    // A second process waits as long as the first one needs.
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const done = await apply(client, migrations);
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await client.query('RESET statement_timeout; RESET lock_timeout');
    client.release();
    return done;
  } catch (error) {
    client.release(true); // the lock and the settings end with the connection
    throw error;
  }
}

async function apply(client: PoolClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(TABLE);
  const { rows } = await client.query<Applied>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  refuseIfAhead(applied, migrations);
  const done: string[] = [];
  for (const migration of migrations) {
    const row = applied.get(migration.name);
    if (row === undefined) {
      await applyOne(client, migration);
      done.push(migration.name);
    } else {
      refuseIfBroken(row, migration);
    }
  }
  return done;
}

async function applyOne(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    throw new Error(`Migration ${name} failed and changed nothing: ${String(error)}`, { cause: error });
  }
}

function refuseIfAhead(applied: ReadonlyMap<string, Applied>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied.keys()].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new Error(
    `The database has ${unknown.length === 1 ? 'a migration' : 'migrations'} this version of Goodturn does not know: ` +
      `${unknown.join(', ')}. It was last used by a newer version; start that one, or restore a backup from before.`,
  );
}

function refuseIfBroken(row: Applied, { name, checksum }: Migration): void {
  if (row.finished_at === null) {
    throw new Error(
      `Migration ${name} was begun by another tool and never finished. Repair the database, then mark it with ` +
        `"prisma migrate resolve --applied ${name}" or "--rolled-back ${name}".`,
    );
  }
  if (row.checksum !== checksum) {
    throw new Error(
      `Migration ${name} was edited after it was applied: its checksum is ${checksum.slice(0, 12)}…, the database ` +
        `has ${row.checksum.slice(0, 12)}…. Put the file back as it was and write the change as a new migration.`,
    );
  }
}

/** All of them, in order. */
export function readMigrations(folder: string): Migration[] {
  if (!existsSync(folder))
    throw new Error(`There are no migrations at ${folder}; the installation is not whole.`);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}
