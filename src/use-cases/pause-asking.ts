import { deletePauses, writePause } from '../db/pauses.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { wakePausedAccounts } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';

export type PauseRequest = {
  /** Absent: all of them. */
  readonly trigger?: string | undefined;
  readonly until?: Instant | undefined;
  readonly reason?: string | undefined;
  readonly by: string;
};

/** Stops one trigger, or everything, at once: it is looked at before each delivery. */
export async function pauseAsking(
  deps: Pick<Deps, 'db' | 'clock' | 'catalog'>,
  request: PauseRequest,
): Promise<void> {
  const { trigger = '*', until, reason, by } = request;
  const known = deps.catalog().catalog.triggers.map(({ name }) => name);
  if (trigger !== '*' && !known.includes(trigger)) {
    throw new Refusal('not_found', `There is no trigger "${trigger}". Known: ${known.join(', ')}.`);
  }
  const pause = {
    trigger,
    by,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
  await writePause(deps.db.pool, pause, deps.clock());
}

/** Lets one trigger, or everything, go on; answers how many pauses there were. What they held is looked at in the next tick. */
export async function resumeAsking(
  deps: Pick<Deps, 'db' | 'clock' | 'wake'>,
  trigger: string | undefined,
): Promise<number> {
  const resumed = await inRetriedTransaction(deps.db, async (tx) => {
    await wakePausedAccounts(tx, deps.clock());
    return deletePauses(tx, trigger);
  });
  deps.wake();
  return resumed;
}
