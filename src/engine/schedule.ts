import { clockSegment, LONGEST_SKIP, minuteOf, weekdayOf } from './calendar.ts';
import type { QuietHours, Window } from './catalog.ts';
import { DAY, type Instant, MINUTE } from './time.ts';

export type Slots = {
  /** Only then, by the local clock; absent: at any hour. */
  readonly window?: Window;
  /** Never then, by the local clock. */
  readonly quietHours?: QuietHours;
  readonly zone: string;
  readonly blackouts: readonly { readonly from: Instant; readonly to: Instant }[];
};

/**
 * The earliest instant at or after `notBefore` that lies in the window, outside quiet hours and outside
 * blackouts; undefined when there is none up to and including `latest` (searched at most 400 days ahead).
 *
 * "In the window" is what the clock on the wall shows. Where a clock is put forward over the start of the
 * window, the first minute after the change stands for it; where it is put back, the first pass comes first.
 */
export function schedule(
  request: Slots & { readonly notBefore: Instant; readonly latest?: Instant },
): Instant | undefined {
  const { notBefore } = request;
  const limit = Math.min(request.latest ?? Number.POSITIVE_INFINITY, horizonOf(request, notBefore));
  let at = notBefore;
  while (at <= limit) {
    const later = closedUntil(request, at);
    if (later === at) return at;
    at = later;
  }
  return undefined;
}

const FAR_AHEAD = 400 * DAY;
// Without a blackout the weeks repeat, but for the odd change of clocks: what two weeks lack, none has.
const TWO_WEEKS = 15 * DAY;

function horizonOf({ blackouts }: Slots, notBefore: Instant): Instant {
  const last = blackouts.reduce((latest, { to }) => Math.max(latest, to), notBefore);
  return Math.min(last + TWO_WEEKS, notBefore + FAR_AHEAD);
}

/** `at` when it is open then, else a later instant before which it does not open. */
function closedUntil(slots: Slots, at: Instant): Instant {
  for (const { from, to } of slots.blackouts) {
    if (from <= at && at < to) return to;
  }
  if (!slots.window && !slots.quietHours) return at;
  const segment = clockSegment(slots.zone, at);
  const local = at + segment.offset;
  const [weekday, minute] = [weekdayOf(local), minuteOf(local)];
  if (slots.quietHours && isQuiet(slots.quietHours, weekday, minute)) return nextBoundary(slots, at);
  if (!slots.window || isInside(slots.window, weekday, minute)) return at;
  const standsIn =
    at - segment.from < MINUTE && startWasSkipped(slots.window, local - (at - segment.from), segment.skipped);
  return standsIn ? at : nextBoundary(slots, at);
}

function isQuiet({ from, to, weekends }: QuietHours, weekday: number, minute: number): boolean {
  if (weekends === 'quiet' && (weekday === 0 || weekday === 6)) return true;
  if (from === to) return false;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function isInside({ days, from, to }: Window, weekday: number, minute: number): boolean {
  if (from < to) return days.includes(weekday) && minute >= from && minute < to;
  // Past midnight it still counts to the day on which it started.
  return (minute >= from && days.includes(weekday)) || (minute < to && days.includes((weekday + 6) % 7));
}

/**
 * Whether the window starts within the local times that were skipped just before `resumed`. They are of one day: no zone
 * has put its clock forward from one day into the midst of the next since 1934.
 */
function startWasSkipped({ days, from }: Window, resumed: number, skipped: number): boolean {
  if (skipped === 0 || skipped > LONGEST_SKIP) return false;
  const start = Math.floor((resumed - skipped) / DAY) * DAY + from * MINUTE;
  return start >= resumed - skipped && start < resumed && days.includes(weekdayOf(start));
}

/** The first instant after `at` at which the local clock reaches an edge of a window, of quiet hours or of a day. */
function nextBoundary({ window, quietHours, zone }: Slots, at: Instant): Instant {
  if (!window && !quietHours) return Number.POSITIVE_INFINITY;
  const segment = clockSegment(zone, at);
  const local = at + segment.offset;
  const midnight = Math.floor(local / DAY) * DAY;
  const minute = minuteOf(local);
  let edge = 24 * 60;
  for (const candidate of [window?.from, window?.to, quietHours?.from, quietHours?.to]) {
    if (candidate !== undefined && candidate > minute && candidate < edge) edge = candidate;
  }
  // The minute that stands for a skipped start is over.
  const sinceChange = at - segment.from;
  const standIn =
    segment.skipped > 0 && sinceChange < MINUTE ? segment.from + MINUTE : Number.POSITIVE_INFINITY;
  return Math.min(midnight + edge * MINUTE - segment.offset, segment.until, standIn);
}
