import { isZone } from '../engine/calendar.ts';
import type { Rate } from '../engine/catalog.ts';
import {
  DAY,
  type Duration,
  formatDuration,
  HOUR,
  type Instant,
  MINUTE,
  parseDuration,
  SECOND,
  WEEK,
} from '../engine/time.ts';
import { didYouMean } from './nearest.ts';
import { describe, report, scalarOf } from './place.ts';
import { mapped, narrowed, type Reader, record } from './readers.ts';
import { single } from './value-readers.ts';

const DURATION = '^\\d{1,6}[smhdw]$';

/** A length of time in milliseconds, which may be none at all (`0s`). */
export const duration: Reader<Duration> = single(
  'a length of time like 30s, 5m, 2h, 14d or 8w',
  { type: 'string', pattern: DURATION },
  (value) => (typeof value === 'string' ? parseDuration(value) : undefined),
  (value) => {
    if (typeof value === 'string' && /^\d{7,}[smhdw]$/.test(value))
      return 'six digits at most; a larger unit is shorter';
    const meant = guessDuration(value);
    return meant === undefined ? undefined : `did you mean ${meant}?`;
  },
);

/** A length of time longer than nothing. */
export const longDuration: Reader<Duration> = narrowed(
  mapped(duration, (length, at) =>
    length > 0 ? length : report(at, `expected more than no time, got ${describe(at)}`),
  ),
  { pattern: '^(?=\\d*[1-9])\\d{1,6}[smhdw]$' },
);

/** `{ at_least: 90d }`, the age of a customer. */
export const age = record(
  'an age, like { at_least: 90d }',
  { at_least: longDuration },
  {},
  undefined,
  (key) =>
    /^(at_most|below|max|younger)$/.test(key)
      ? 'for "younger than" put { at_least: 90d } in "unless"'
      : undefined,
);

const LONG_UNITS: Readonly<Record<string, Duration>> = {
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: WEEK,
  mo: 30 * DAY,
  y: 365 * DAY,
};

// "2 hours", "a month", "1d12h", "P30D", "1.5h" and a bare 14 are the slips people make.
function guessDuration(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0 ? `${value}d` : undefined;
  if (typeof value !== 'string') return undefined;
  const plain = value
    .trim()
    .replace(/^P(?=\d+[DWMY]$)/, '')
    .replace(/^(?:an?|one)\s+/i, '1 ');
  const parts = [...plain.matchAll(/(\d{1,6}(?:\.\d{1,3})?)\s*([a-z]+)\s*/gi)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== plain) return undefined;
  const lengths = parts.map(([, amount, word = '']) => Number(amount) * (unitOf(word) ?? Number.NaN));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return Number.isFinite(total) && total > 0 ? formatDuration(total) : undefined;
}

// A capital M is a month, as in P1M.
function unitOf(word: string): Duration | undefined {
  const unit = /^mo/i.test(word) || word === 'M' ? 'mo' : word.charAt(0).toLowerCase();
  return /^(?:[smhdwy]|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|mos?|months?|yrs?|years?)$/i.test(
    word,
  )
    ? LONG_UNITS[unit]
    : undefined;
}

/** `1 per 30d`: so many within any such span. */
export const rate: Reader<Rate> = single(
  'a rate like 1 per 30d',
  { type: 'string', pattern: '^\\d{1,6} per (?=\\d*[1-9])\\d{1,6}[smhdw]$' },
  (value) => (typeof value === 'string' ? parseRate(value) : undefined),
  guessRate,
);

function guessRate(value: unknown): string | undefined {
  const plain = String(value)
    .trim()
    .replace(/^once\b/i, '1')
    .replace(/^twice\b/i, '2');
  const [, count, span = ''] = /^(\d{1,6})\s*(?:\/|per|in|every|an?|each)?\s*(.*)$/i.exec(plain) ?? [];
  if (count === undefined) return 'a cap is not switched off: a high one, like 1000 per 1d, holds nobody';
  if (span === '') return `say in how long: "${count} per 30d"`;
  const within = guessDuration(/^\d/.test(span) ? span : `1 ${span}`);
  return within === undefined ? undefined : `did you mean "${count} per ${within}"?`;
}

function parseRate(value: string): Rate | undefined {
  const [, count, span] = /^(\d{1,6}) per (\S+)$/.exec(value) ?? [];
  const within = span === undefined ? undefined : parseDuration(span);
  return within === undefined || within === 0 ? undefined : { count: Number(count), within };
}

/** `"20:00"` as minutes after midnight; `"24:00"` is the end of the day. */
export const timeOfDay: Reader<number> = single(
  'a time of day like "09:00"',
  { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' },
  (value) => {
    const [, hours, minutes] = (typeof value === 'string' && /^([01]\d|2[0-4]):([0-5]\d)$/.exec(value)) || [];
    const total = Number(hours) * 60 + Number(minutes);
    return hours === undefined || total > 24 * 60 ? undefined : total;
  },
  (value) => {
    const [, hours, minutes = '00', half] = /^(\d{1,2})(?::?(\d{2}))?\s*([ap]m)?$/i.exec(String(value)) ?? [];
    const hour = Number(hours) + (half?.toLowerCase() === 'pm' && Number(hours) < 12 ? 12 : 0);
    if (hours === undefined || hour > 23 || Number(minutes) > 59) return undefined;
    return `did you mean "${String(hour).padStart(2, '0')}:${minutes}"?`;
  },
);

/** An IANA time zone. */
export const zone: Reader<string> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (typeof value === 'string' && isZone(value)) return value;
    const near = typeof value === 'string' ? guessZone(value) : undefined;
    return report(at, `expected a time zone like Europe/Berlin, got ${describe(at)}`, near);
  },
  schema: { type: 'string' },
  expected: 'a time zone like Europe/Berlin',
};

function guessZone(value: string): string | undefined {
  if (/^(?:GMT|UTC)?\s*[+-]\d/i.test(value)) return 'an offset knows no summer time: name a place';
  const zones = Intl.supportedValuesOf('timeZone');
  const place = value.trim().toLowerCase().replace(/\s+/g, '_');
  const there = zones.find((name) => name.toLowerCase().endsWith(`/${place}`));
  return there === undefined ? didYouMean(value, zones) : `did you mean "${there}"?`;
}

/** `2026-01-14T10:00:00Z`, with its zone. */
export const instant: Reader<Instant> = single(
  'an instant like 2026-01-14T10:00:00Z',
  { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(Z|[+-]\\d\\d:\\d\\d)$' },
  (value) => (typeof value === 'string' ? parseInstant(value) : undefined),
  (value) => {
    if (typeof value !== 'string') return undefined;
    const day = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : `${value.replace(' ', 'T')}Z`;
    return parseInstant(day) === undefined ? undefined : `did you mean ${day}?`;
  },
);

const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

function parseInstant(value: string): Instant | undefined {
  const [, day] = INSTANT.exec(value) ?? [];
  const at = Date.parse(value);
  return day === undefined || !Number.isFinite(at) || !isDay(day) ? undefined : at;
}

/** A day that is in the calendar: not 30 February. */
export function isDay(value: string): boolean {
  const start = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(start) && new Date(start).toISOString().startsWith(value);
}
