import type { AskRow } from '../db/ask-row.ts';
import { HOUR, type Instant } from '../engine/time.ts';

/** A report that was not answered is sent again for about as long. */
const MOST_APART = HOUR;

/** Whether a snooze that lasts was said before: pressed twice, or sent again because no answer had come. */
export const isSnoozeAgain = (
  { status, snoozedUntil }: Pick<AskRow, 'status' | 'snoozedUntil'>,
  until: Instant,
  now: Instant,
): boolean =>
  (status === 'open' || status === 'delivered') &&
  snoozedUntil !== undefined &&
  snoozedUntil > now &&
  Math.abs(until - snoozedUntil) < MOST_APART;
