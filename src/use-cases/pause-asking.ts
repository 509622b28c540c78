import { deletePauses, writePause } from '../db/pauses.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { wakePausedAccounts } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import { requireStillToCome } from './still-to-come.ts';
import { unknownTrigger } from './unknown.ts';

export type PauseRequest = {
  /** Absent: all of them. */
  readonly trigger?: string | undefined;
  readonly until?: Instant | undefined;
  readonly reason?: string | undefined;
  readonly by: string;
};

/**
 * Stops one trigger, or everything, at once: it is looked at before each delivery. Throws `not_found` for a trigger
 * that there is not, and `invalid` for an end that is past.
 */
export async function pauseAsking(
  deps: Pick<Deps, 'db' | 'clock' | 'catalog'>,
  request: PauseRequest,
): Promise<void> {
  const { trigger = '*', until, reason, by } = request;
  if (trigger !== '*') requireKnown(deps, trigger);
  if (until !== undefined) requireStillToCome('until', until, deps.clock());
  const pause = {
    trigger,
    by,
    ...defined({ until, reason }),
  };
  await writePause(deps.db.pool, pause, deps.clock());
}

/**
 * Lets one trigger, or everything, go on; answers how many pauses there were. What they held is looked at in the next
 * tick. A trigger that has left the catalog may still have a pause; one that has none either throws `not_found`.
 */
export async function resumeAsking(
  deps: Pick<Deps, 'db' | 'clock' | 'wake' | 'catalog'>,
  trigger: string | undefined,
): Promise<number> {
  const resumed = await inRetriedTransaction(deps.db, async (tx) => {
    await wakePausedAccounts(tx, deps.clock());
    return deletePauses(tx, trigger);
  });
  if (resumed === 0 && trigger !== undefined) requireKnown(deps, trigger);
  deps.wake();
  return resumed;
}

function requireKnown({ catalog }: Pick<Deps, 'catalog'>, trigger: string): void {
  const { triggers } = catalog().catalog;
  if (!triggers.some(({ name }) => name === trigger)) throw unknownTrigger(trigger, triggers);
}
