import { HOUR, type Instant, MINUTE } from '../engine/time.ts';

/** The waits after the first failed try, the second, and so on. */
export const WAITS = [1 * MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR] as const;

/**
 * When to try again after `attempt` tries (1 after the first), or undefined when the waits are used up
 * or the next try would come after `deadlineAt`, from when on the mail is no longer wanted.
 */
export function nextTry(attempt: number, now: Instant, deadlineAt?: Instant): Instant | undefined {
  const wait = WAITS[attempt - 1];
  if (wait === undefined) return undefined;
  return deadlineAt !== undefined && now + wait > deadlineAt ? undefined : now + wait;
}
