import type { Pool, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { PrismaClient } from '../generated/client.ts';
import type { KnownAccounts } from './accounts.ts';
import type { Durability } from './durability.ts';
import type { NudgeFeed } from './nudge-feed.ts';
import type { KnownPeople } from './people.ts';

/** What both a pool and a transaction can do: repositories take this first, so a transaction is passed like any value. */
export type Sql = {
  /** Resolves when the transaction has ended, however it did. A pool has none. */
  readonly whenEnded?: Promise<void>;
  query<Row extends QueryResultRow>(
    query: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<Row>>;
};

export type Db = {
  readonly kind: 'pglite' | 'postgres';
  readonly pool: Pool;
  /** What this process has read and written of accounts and people, so that it need not read it again. */
  readonly known: { readonly accounts: KnownAccounts; readonly people: KnownPeople };
  /** For reading and for simple writes of people; over the same pool. Never inside `inTransaction`. */
  readonly prisma: PrismaClient;
  /** What an acknowledged event survives, as measured at start. */
  readonly durability: Durability;
  /** Whose nudges may have changed; on PostgreSQL also by other processes. */
  readonly nudgeFeed: NudgeFeed;
  /** Lets what is under way finish, then closes. Once closed, every use throws; closing again does nothing. */
  readonly close: () => Promise<void>;
};

/**
 * Runs `work` in one READ COMMITTED transaction and resolves once it is committed. Anything thrown rolls it
 * back and is thrown on; so does a commit that the database refuses. No code inside may use another
 * connection: PGlite has one only, and would wait for itself.
 *
 * Statements that do not need each other's answers may be sent together, by `Promise.all`: the database does them one
 * by one in the order in which they were sent, and nobody waits in between.
 */
export async function inTransaction<T>(db: Pick<Db, 'pool'>, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client: PoolClient = await db.pool.connect();
  let broken: Error | undefined;
  let end = () => {};
  const tx = statementsOn(client, new Promise((resolve) => (end = resolve)));
  try {
    // Answered before anything else is sent: what comes after a refused BEGIN would be committed by itself.
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(tx.sql);
    const { command } = await client.query('COMMIT');
    // After a failed statement PostgreSQL answers COMMIT with a rollback, and no error.
    if (command !== 'COMMIT')
      throw new Error('Nothing was committed: a statement failed, and its error was caught and dropped.');
    return result;
  } catch (error) {
    const first = tx.close();
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw isConsequence(error) ? (first ?? error) : error;
  } finally {
    tx.close();
    end();
    client.release(broken);
  }
}

/** What each statement is answered that was sent after one that failed. */
const isConsequence = (error: unknown) => error instanceof Error && 'code' in error && error.code === '25P02';

/**
 * Statements on one connection until they are closed: what was sent together with a statement that failed must not go
 * on with another after the rollback. `close` answers the first error.
 */
function statementsOn(
  client: PoolClient,
  whenEnded: Promise<void>,
): { readonly sql: Sql; readonly close: () => unknown } {
  let isClosed = false;
  let first: unknown;
  const query: Sql['query'] = async (text, values) => {
    if (isClosed) throw new Error('The transaction has ended.');
    try {
      return await client.query(text, values);
    } catch (error) {
      first ??= error;
      throw error;
    }
  };
  const close = () => {
    isClosed = true;
    return first;
  };
  return { sql: { query, whenEnded }, close };
}
