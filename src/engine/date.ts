import type { Json } from './event.ts';
import { memoize } from './memoize.ts';
import { type Instant, SECOND } from './time.ts';

// 1e11 seconds is the year 5138 and 1e11 milliseconds is 1973: nothing real is read in the wrong unit.
const FIRST_MILLISECONDS = 1e11;
const FIRST_MICROSECONDS = 1e14;
const LAST: Instant = 8.64e15;

/**
 * A date as systems report it: ISO 8601 text, or the time since 1970 in seconds, milliseconds or microseconds
 * (told apart by size, also as digits in text). What names no zone is UTC. Undefined when it is no date.
 */
export function readDate(value: Json | undefined): Instant | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  return typeof value === 'string' ? fromString(value) : undefined;
}

// A few dates are read again and again while an account is looked at, and reading one takes a microsecond.
const fromString = memoize((value: string): Instant | undefined => {
  const text = value.trim();
  return /^-?\d{9,17}(\.\d+)?$/.test(text) ? fromEpoch(Number(text)) : fromText(text);
});

function fromEpoch(number: number): Instant | undefined {
  const size = Math.abs(number);
  const unit = size < FIRST_MILLISECONDS ? SECOND : size < FIRST_MICROSECONDS ? 1 : 1 / SECOND;
  const instant = Math.round(number * unit);
  return Math.abs(instant) <= LAST ? instant : undefined;
}

// Date.parse alone reads "2026-01-07T10:00" in the server's own zone, and "May 1" as the year 2001.
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

function fromText(text: string): Instant | undefined {
  const [, day, clock, zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined) return undefined;
  const instant = Date.parse(`${day}T${(clock ?? '00:00').replace(',', '.')}${isoZone(zone)}`);
  return Number.isNaN(instant) ? undefined : instant;
}

function isoZone(zone: string): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
}
