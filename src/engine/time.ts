/** Milliseconds since the epoch, whole. */
export type Instant = number;

/** A length of time in whole milliseconds. */
export type Duration = number;

export const SECOND: Duration = 1000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;
export const WEEK: Duration = 7 * DAY;

const UNITS: Readonly<Record<string, Duration>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK };

/** Reads `30s 5m 2h 14d 8w`; undefined when the text is no such length. */
export function parseDuration(text: string): Duration | undefined {
  const [, digits, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const length = UNITS[unit ?? ''];
  return length === undefined ? undefined : Number(digits) * length;
}

/** ISO 8601, as instants are said on the wire; null where there is none. */
export const iso = (at: Instant | undefined): string | null =>
  at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString();

/** The shortest exact form that parseDuration reads back: `14d`, `36h`, `90s`. */
export function formatDuration(length: Duration): string {
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
  ] as const) {
    if (length > 0 && length % size === 0) return `${length / size}${unit}`;
  }
  return `${Math.round(length / SECOND)}s`;
}
