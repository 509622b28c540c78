import { clockSegment } from '../engine/calendar.ts';
import { DAY, type Instant } from '../engine/time.ts';

/** The instant at which a day (`2026-12-24`) starts in a zone. */
export function startOfDay(day: string, timeZone: string): Instant {
  const nominal = Date.parse(`${day}T00:00:00Z`);
  const first = nominal - clockSegment(timeZone, nominal).offset;
  // Where the clocks change between the two, the offset at the first guess is the right one.
  return nominal - clockSegment(timeZone, first).offset;
}

/** The instant at which the next day starts. */
export function endOfDay(day: string, timeZone: string): Instant {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
  return startOfDay(next, timeZone);
}
