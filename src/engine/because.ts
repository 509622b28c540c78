import type { Hold, Person } from './account.ts';
import { localTime } from './calendar.ts';
import type { Scalar, Test, Where } from './catalog.ts';
import type { Json, JsonObject } from './event.ts';
import { testValue, valueAt } from './match.ts';
import { DAY, type Duration, formatDuration, type Instant } from './time.ts';

/** An instant as people say it: `today 15:00`, `Thursday 10:00`, `12 March`, `12 March 2027`. */
export function whenInWords(instant: Instant, now: Instant, zone: string): string {
  if (!Number.isFinite(instant) || Math.abs(instant) > LAST) return 'later';
  const then = localTime(zone, instant);
  const today = localTime(zone, now);
  const date = `${then.day} ${MONTHS[then.month - 1]}`;
  if (then.year !== today.year) return `${date} ${then.year}`;
  const clock = clockInWords(Math.floor(then.minute));
  if (then.day === today.day && then.month === today.month) return `today ${clock}`;
  return Math.abs(instant - now) < 6 * DAY ? `${WEEKDAYS[then.weekday]} ${clock}` : date;
}

/** What comes next, to follow what holds: empty where time alone changes nothing. */
export function nextInWords(at: Instant | undefined, now: Instant, zone: string): string {
  return at === undefined || at === Number.POSITIVE_INFINITY
    ? ''
    : `; possible again from ${whenInWords(at, now, zone)}`;
}

export function durationInWords(length: Duration): string {
  const text = formatDuration(length);
  const amount = text.slice(0, -1);
  return `${amount} ${UNITS[text.slice(-1)]}${amount === '1' ? '' : 's'}`;
}

export function personInWords({ id, traits }: Person): string {
  for (const name of [traits.name, traits.first_name, traits.email]) {
    if (typeof name === 'string' && name.trim() !== '') return name;
  }
  return id;
}

export function holdInWords({ until, reason, by }: Hold, now: Instant, zone: string): string {
  const end = until === Number.POSITIVE_INFINITY ? '' : ` until ${whenInWords(until, now, zone)}`;
  return `put on hold by ${by}${end}: ${reason}`;
}

/** `score is 7, not at least 9`: the first condition that the properties fail, undefined when they pass all. */
export function mismatchInWords(where: Where, properties: JsonObject): string | undefined {
  for (const { path, test } of where) {
    const value = valueAt(properties, path);
    if (!testValue(test, value))
      return `${nameInWords(path)} is ${valueInWords(value)}, not ${testInWords(test)}`;
  }
  return undefined;
}

/** `score is 10, plan is pro`. */
export function valuesInWords(where: Where, properties: JsonObject): string {
  return where
    .map(({ path }) => `${nameInWords(path)} is ${valueInWords(valueAt(properties, path))}`)
    .join(', ');
}

/** `seat_expansion` as people read it. */
export function nameInWords(name: string): string {
  return name.replace(/[_-]+/g, ' ');
}

/** Readiness to show: cut rather than rounded, so that 59.96 does not read as the 60 it misses. */
export function pointsInWords(value: number): string {
  return String(Math.floor(value * 10) / 10);
}

function testInWords(test: Test): string {
  const parts: string[] = [];
  if (test.is !== undefined) parts.push(valueInWords(test.is));
  if (test.not !== undefined) parts.push(`anything but ${valueInWords(test.not)}`);
  if (test.in !== undefined) parts.push(`one of ${test.in.map(valueInWords).join(', ')}`);
  if (test.atLeast !== undefined) parts.push(`at least ${test.atLeast}`);
  if (test.atMost !== undefined) parts.push(`at most ${test.atMost}`);
  if (test.above !== undefined) parts.push(`above ${test.above}`);
  if (test.below !== undefined) parts.push(`below ${test.below}`);
  if (test.contains !== undefined) parts.push(`containing ${valueInWords(test.contains)}`);
  if (test.exists !== undefined) parts.push(test.exists ? 'known' : 'unknown');
  return parts.join(' and ');
}

function valueInWords(value: Json | Scalar | undefined): string {
  if (value === undefined) return 'unknown';
  if (value === null) return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return 'something else';
  return value === '' ? 'empty' : String(value).slice(0, LONGEST_VALUE);
}

/** Whole minutes after midnight as `09:30`. */
export function clockInWords(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

const LAST = 8.64e15;
const LONGEST_VALUE = 60;
const UNITS: Readonly<Record<string, string>> = { d: 'day', h: 'hour', m: 'minute', s: 'second' };
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
