import { isRecord } from '../engine/record.ts';
import { type Db, inTransaction, type Sql } from './client.ts';

const TRIES = 5;

/**
 * A transaction that is run again after a deadlock or a serialisation failure: both are known to have left nothing
 * behind. `work` must do nothing outside the database.
 */
export async function inRetriedTransaction<T>(
  db: Pick<Db, 'pool'>,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      if (attempt === TRIES || !RETRIED.has(codeOf(error))) throw error;
    }
  }
}

const RETRIED: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * The code of an error, where it has one: the SQLSTATE of the database, also where Prisma has put it into an error of its
 * own, a system's like ENOENT, or Prisma's; else ''.
 */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return ('meta' in error ? sqlstateIn(error.meta) : undefined) ?? error.code;
}

function sqlstateIn(meta: unknown): string | undefined {
  const failed = isRecord(meta) ? meta['driverAdapterError'] : undefined;
  const cause = isRecord(failed) ? failed['cause'] : undefined;
  const code = isRecord(cause) ? cause['originalCode'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What Prisma makes of a server that is not there, does not answer, hangs up or has no connection left. */
const UNREACHED = /^P(1001|1002|1008|1017|2024|2037)$/;

/** Whether a statement gave up waiting: for a lock, or for its own end. What held it up holds up others as well. */
export const isStalled = (error: unknown) => ['55P03', '57014'].includes(codeOf(error));

/**
 * Whether the database is out of reach or out of room rather than at odds with what it was asked: connection
 * exceptions (08), resources (53), a shutdown (57P), a transaction it gave up because we stood still in it (25P03),
 * sockets that broke, also while nothing was asked, and no free connection in time.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08|53|57P|25P03)|^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND)/.test(code) || UNREACHED.test(code)) return true;
  return (
    error instanceof Error &&
    /^(timeout exceeded when trying to connect|Connection terminated|Client (has encountered|was closed)|The database in )/.test(
      error.message,
    )
  );
}
