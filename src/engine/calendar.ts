import { memoize } from './memoize.ts';
import { DAY, HOUR, type Instant, MINUTE } from './time.ts';

/** A stretch of time during which a zone's clock keeps one offset to UTC. */
export type ClockSegment = {
  readonly from: Instant;
  /** The next change of the clock, or a bound before it. */
  readonly until: Instant;
  /** Local time minus UTC, in milliseconds. */
  readonly offset: number;
  /** By how much the clock was put forward at `from`: the local times it skipped. 0 for none. */
  readonly skipped: number;
};

export type LocalTime = {
  /** 0 = Sunday. */
  readonly weekday: number;
  /** Minutes after local midnight, with fractions. */
  readonly minute: number;
  readonly day: number;
  /** 1–12. */
  readonly month: number;
  readonly year: number;
};

/** Whether `zone` is an IANA time zone that we can reckon in. */
export function isZone(zone: string): boolean {
  return clockOf(zone) !== undefined;
}

/** The first of these that is a time zone; UTC when none is. */
export function zoneOf(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    if (typeof candidate === 'string' && isZone(candidate)) return candidate;
  }
  return 'UTC';
}

/** The segment of the zone's clock that holds `at`. An unknown zone is reckoned as UTC. */
export function clockSegment(zone: string, at: Instant): ClockSegment {
  const clock = clockOf(zone);
  if (!clock) return ALWAYS_UTC;
  const recent = clock.recent;
  if (recent && recent.from <= at && at < recent.until) return recent;
  const found = clock
    .segmentsOfYear(new Date(at).getUTCFullYear())
    .find(({ from, until }) => from <= at && at < until);
  clock.recent = found ?? ALWAYS_UTC;
  return clock.recent;
}

/** What a clock and a calendar on the wall of that zone show. */
export function localTime(zone: string, at: Instant): LocalTime {
  const local = at + clockSegment(zone, at).offset;
  const date = new Date(local);
  return {
    weekday: weekdayOf(local),
    minute: minuteOf(local),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
  };
}

/** The weekday (0 = Sunday) of an instant already shifted to local time. */
export function weekdayOf(local: number): number {
  return (((Math.floor(local / DAY) + THURSDAY) % 7) + 7) % 7;
}

/** Minutes after midnight of an instant already shifted to local time, with fractions. */
export function minuteOf(local: number): number {
  return (local - Math.floor(local / DAY) * DAY) / MINUTE;
}

/** The same time of the day, `days` working days (Monday to Friday) later by that zone's calendar; holidays are not known. */
export function workingDaysLater(zone: string, at: Instant, days: number): Instant {
  const local = at + clockSegment(zone, at).offset;
  let later = local;
  for (let left = days; left > 0; ) {
    later += DAY;
    const weekday = weekdayOf(later);
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  const guess = at + (later - local);
  // The clock may have been changed in between.
  return guess + (local - at) - clockSegment(zone, guess).offset;
}

const THURSDAY = 4; // 1 January 1970
const FAR = 8.64e15;
const ALWAYS_UTC: ClockSegment = { from: -FAR, until: FAR, offset: 0, skipped: 0 };

type Clock = {
  readonly segmentsOfYear: (year: number) => readonly ClockSegment[];
  recent: ClockSegment | undefined;
};

// Asking Intl costs microseconds, so what it said is kept. Zones come from customers' traits: the
// names are bounded, and a spelling that is no zone is remembered as such.
const MOST_CLOCKS = 1000;
const MOST_YEARS = 50;

const clockOf = memoize((zone: string): Clock | undefined => {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { segmentsOfYear: memoize((year) => readYear(format, year), MOST_YEARS), recent: undefined };
  } catch {
    return undefined;
  }
}, MOST_CLOCKS);

// No zone in use changes its clock twice within two days, so samples that far apart miss nothing.
const SAMPLE = 2 * DAY;

function readYear(format: Intl.DateTimeFormat, year: number): readonly ClockSegment[] {
  const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  const segments: ClockSegment[] = [];
  let from = start;
  // A change at the very start of the year belongs to the first segment.
  let before = offsetAt(format, start - 1);
  let offset = offsetAt(format, start);
  for (let at = start; at < end; at = Math.min(at + SAMPLE, end)) {
    const next = Math.min(at + SAMPLE, end);
    const later = offsetAt(format, next - 1);
    if (later === offset) continue;
    const change = findChange(format, at, next - 1, offset);
    segments.push({ from, until: change, offset, skipped: Math.max(0, offset - before) });
    [from, before, offset] = [change, offset, later];
  }
  segments.push({ from, until: end, offset, skipped: Math.max(0, offset - before) });
  return segments;
}

/** The first instant in (low, high] whose offset is no longer `offset`, to the second. */
function findChange(format: Intl.DateTimeFormat, low: Instant, high: Instant, offset: number): Instant {
  let [same, other] = [Math.floor(low / 1000), Math.ceil(high / 1000)];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(format, middle * 1000) === offset) same = middle;
    else other = middle;
  }
  return other * 1000;
}

function offsetAt(format: Intl.DateTimeFormat, at: Instant): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The longest stretch of local time that one change of a clock is taken to skip. */
export const LONGEST_SKIP = 3 * HOUR;
