import { takeSlot } from '../db/job-slots.ts';
import type { Deps } from '../deps.ts';
import type { Duration } from '../engine/time.ts';

/** Whether this replica is the one to run a job in the slot that the clock is in. */
export function takeJobSlot(
  deps: Pick<Deps, 'db' | 'clock'>,
  job: string,
  every: Duration,
): Promise<boolean> {
  return takeSlot(deps.db.pool, job, new Date(Math.floor(deps.clock() / every) * every));
}
