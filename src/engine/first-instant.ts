import type { Instant } from './time.ts';

/**
 * The first whole millisecond in (from, to] at which `holds` is true; undefined when it is not at `to`. Once true it
 * must stay true. `level` is a smooth number that is 0 about where it turns: it only says where to look, so that a
 * few looks do instead of forty. `stride` is a length over which `level` changes noticeably.
 */
export function firstInstant(
  holds: (at: Instant) => boolean,
  level: (at: Instant) => number,
  from: Instant,
  to: Instant,
  stride: number,
): Instant | undefined {
  if (to <= from || !holds(to)) return undefined;
  let before = from;
  let found = to;
  const look = (at: Instant) => {
    if (holds(at)) found = at;
    else before = at;
  };
  for (let step = Math.max(1, Math.ceil(stride)); found === to && before + step < to; step *= 2)
    look(before + step);
  while (found - before > 1) {
    const width = found - before;
    const guess = Math.round(crossing(level, before, found));
    // Two looks around the guess, since it is nearly always right to the millisecond in the end.
    if (guess - 1 > before && guess - 1 < found) look(guess - 1);
    if (guess > before && guess < found) look(guess);
    if (found - before > width / 4 && found - before > 1) look(before + Math.floor((found - before) / 2));
  }
  return found;
}

/** Where the straight line between both ends is 0. */
function crossing(level: (at: Instant) => number, before: Instant, found: Instant): number {
  const from = level(before);
  const to = level(found);
  return from === to ? before : before + ((found - before) * from) / (from - to);
}
