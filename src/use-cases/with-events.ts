import type { Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { remember } from './receive-events.ts';

/**
 * Does work and takes in the events it causes, in one transaction: both happen, or neither. Events keep their order
 * with those of other requests by the locks on their accounts. `work` may run again after a deadlock, so it does nothing
 * outside the database.
 */
export async function withEvents<T>(
  deps: Deps,
  work: (tx: Sql) => Promise<{ readonly result: T; readonly events: readonly ReportedEvent[] }>,
): Promise<T> {
  const { result, due } = await inRetriedTransaction(deps.db, async (tx) => {
    const done = await work(tx);
    const { due } = await remember(deps, tx, done.events);
    return { result: done.result, due };
  });
  if (due) deps.wake();
  return result;
}
