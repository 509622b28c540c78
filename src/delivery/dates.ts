import { zoneOf } from '../engine/calendar.ts';
import type { Instant } from '../engine/time.ts';

/** `Wed 7 January`, as the calendar in that zone shows it. A zone that is none is taken for UTC. */
export const dayIn = (zone: string, at: Instant) =>
  format(zone, at, { weekday: 'short', day: 'numeric', month: 'long' });

/** `Wednesday 7 January at 10:00 UTC`. */
export const dayAndTimeIn = (zone: string, at: Instant) =>
  format(zone, at, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });

// An account's zone is what a source reported; a wrong one must not cost the mail.
function format(zone: string, at: Instant, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zoneOf(zone) }).format(at);
}
