import type { Duplex } from 'node:stream';
import { type ClientBase, Pool } from 'pg';

/** Done with each new connection before anybody gets it. */
export type OnConnect = (client: ClientBase) => Promise<void>;

/** A pool of the one connection PGlite has. Its statements cannot be timed out: the thread runs each to its end. */
export function pglitePool(stream: () => Duplex, onConnect: OnConnect): Pool {
  return new Pool({
    stream,
    onConnect,
    host: 'pglite',
    user: 'postgres',
    database: 'postgres',
    password: '',
    ssl: false,
    max: 1,
    pipeline: true,
    connectionTimeoutMillis: 30_000, // also how long a query waits for its turn
    idleTimeoutMillis: 0,
  });
}

/**
 * A pool on a PostgreSQL server, every connection in UTC: in another zone Prisma would write instants that are
 * hours off and read them back as if nothing had happened.
 */
export function postgresPool(url: string, onConnect: OnConnect): Pool {
  return new Pool({
    onConnect,
    connectionString: inUtc(url),
    application_name: 'goodturn',
    max: 10,
    pipeline: true,
    connectionTimeoutMillis: 5_000, // also how long a query waits for its turn
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: 60_000,
    lock_timeout: 15_000,
    idle_in_transaction_session_timeout: 60_000,
  });
}

// What the URL says wins over the pool's own settings, so the zone has to go into the URL; last of all, to win.
function inUtc(url: string): string {
  const given = /([?&])options=([^&#]*)/.exec(url);
  const before = given ? `${decodeURIComponent((given[2] ?? '').replaceAll('+', ' '))} ` : '';
  const options = `options=${encodeURIComponent(`${before}-c TimeZone=UTC`)}`;
  if (given) return url.replace(given[0], `${given[1]}${options}`);
  return `${url}${url.includes('?') ? '&' : '?'}${options}`;
}

/** Throws unless the server is one we can use: reachable, version 15 or newer, UTF-8, writable and really in UTC. */
export async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool
    .query<{ version: number; encoding: string; zone: string; standby: boolean }>(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
              current_setting('TimeZone') AS zone, pg_is_in_recovery() AS standby`,
    )
    .catch((error) => {
      throw new Error(`DATABASE_URL: the database does not answer: ${reasonOf(error)}.`, { cause: error });
    });
  const server = rows[0];
  if (server === undefined) throw new Error('DATABASE_URL: the database did not say what it is.');
  const faults = [
    server.version < 150_000 &&
      `it is PostgreSQL ${Math.floor(server.version / 10_000)}, and 15 or newer is needed`,
    server.encoding !== 'UTF8' && `its encoding is ${server.encoding}, and UTF8 is needed`,
    server.zone !== 'UTC' &&
      `its sessions stay in ${server.zone} though UTC was asked for; does a pooler drop "options"?`,
    server.standby && 'it is a standby, which only reads',
  ].filter((fault) => fault !== false);
  if (faults.length > 0)
    throw new Error(`DATABASE_URL names a database we cannot use: ${faults.join('; ')}.`);
}

// A refused connection has no message of its own where several addresses were tried.
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
