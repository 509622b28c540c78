import type { Instant } from '../engine/time.ts';

/** Reads `2026-03-01T10:00:00.000Z`. The day of the line before is most often this line's too. */
export function createInstantReader(): (value: unknown) => Instant | undefined {
  let day = '';
  let midnight = Number.NaN;
  return (value) => {
    if (typeof value !== 'string' || value.length !== 24 || value.charCodeAt(10) !== 84) return undefined;
    if (!value.startsWith(day) || day === '') {
      const start = value.slice(0, 10);
      const at = /^\d{4}-\d\d-\d\d$/.test(start) ? Date.parse(`${start}T00:00:00.000Z`) : Number.NaN;
      // The engine carries 31 February over; we do not.
      if (!(at >= 0) || !new Date(at).toISOString().startsWith(start)) return undefined;
      day = start;
      midnight = at;
    }
    const clock = clockOf(value);
    return clock === undefined ? undefined : midnight + clock;
  };
}

/** The milliseconds since midnight of `…T10:00:00.000Z`. */
function clockOf(text: string): number | undefined {
  const isShaped =
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.charCodeAt(23) === ZULU;
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  const tenths = pair(text, 20);
  const last = text.charCodeAt(22) - ZERO;
  if (
    !isShaped ||
    !(hour < 24) ||
    !(minute < 60) ||
    !(second < 60) ||
    !(tenths < 100) ||
    !(last >= 0 && last <= 9)
  )
    return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + tenths * 10 + last;
}

const ZERO = 48;
const COLON = 58;
const DOT = 46;
const ZULU = 90;

/** Two digits as a number; NaN for anything else. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
