import type { Instant } from '../engine/time.ts';

const LAST: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

// Lenient where real clients are: one-digit months, a space for the T, microseconds, "-0700".
const DATE =
  /^([+-]\d{6}|-?\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;

// What SDKs send, which the engine parses ten times as fast. Days past the 28th are checked the slow way.
const ORDINARY = /^\d{4}-\d\d-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads an instant as clients send it: ISO 8601 (UTC when it names no offset), or a number or numeric text of
 * seconds, milliseconds or microseconds since 1970. Undefined when it is no date; ±Infinity when it is one
 * outside the years 1970 to 9999.
 */
export function readInstant(value: unknown): Instant | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (ORDINARY.test(value)) return within(Date.parse(value));
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const parts = DATE.exec(text);
  return parts === null ? undefined : within(fromParts(parts));
}

// A count of seconds has at most 11 digits until the year 5138, one of milliseconds at most 14.
function fromNumber(value: number): Instant | undefined {
  if (Number.isNaN(value)) return undefined;
  const size = Math.abs(value);
  return within(Math.round(size < 1e11 ? value * 1000 : size < 1e14 ? value : value / 1000));
}

function fromParts([, year, month, day, hour, minute, second, fraction, zone]: readonly (
  | string
  | undefined
)[]) {
  const fields = [month, day, hour, minute, second].map((part) => Number(part ?? 0));
  const [mon = 0, date = 0, h = 0, min = 0, s = 0] = fields;
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1000 + 1e-6);
  const at = new Date(Date.UTC(2000, mon - 1, date, h, min, s, milliseconds));
  at.setUTCFullYear(Number(year), mon - 1, date);
  // 31 February and 25 o'clock are no dates; JavaScript would carry them over.
  const real = at.getUTCMonth() === mon - 1 && at.getUTCDate() === date && h <= 23 && min <= 59 && s <= 60;
  return real ? at.getTime() - offsetOf(zone) : undefined;
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function within(at: number | undefined): Instant | undefined {
  if (at === undefined || Number.isNaN(at)) return undefined;
  return at < 0 ? -Infinity : at > LAST ? Infinity : at;
}
