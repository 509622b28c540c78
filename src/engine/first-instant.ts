import type { Instant } from './time.ts';

/**
 * The first whole millisecond in (from, to] whose `level` satisfies `holds`; undefined when that of `to` does not.
 * The level must only rise or only fall, so that once satisfied it stays so. It turns where `level` is 0, which says
 * where to look: a few looks do instead of forty. `stride` is a length over which it changes noticeably.
 * `isNear`: says of an instant that is too early, and one that is not, when the one after the first will do.
 */
export function firstInstant(
  level: (at: Instant) => number,
  holds: (level: number) => boolean,
  from: Instant,
  to: Instant,
  stride: number,
  isNear: (early: Instant, found: Instant) => boolean = () => false,
): Instant | undefined {
  if (to <= from) return undefined;
  let before = { at: from, level: level(from) };
  let found = { at: to, level: level(to) };
  if (!holds(found.level)) return undefined;
  const look = (at: Instant) => {
    if (at <= before.at || at >= found.at) return;
    const seen = { at, level: level(at) };
    if (holds(seen.level)) found = seen;
    else before = seen;
  };

  for (let step = Math.max(1, Math.ceil(stride)); found.at === to && before.at + step < to; step *= 2) {
    look(before.at + step);
  }
  while (found.at - before.at > 1) {
    if (isNear(before.at, found.at)) return before.at + 1;
    const width = found.at - before.at;
    const rise = found.level - before.level;
    const guess = rise === 0 ? before.at : Math.round(before.at - (width * before.level) / rise);
    look(guess);
    // It turns next to where it is 0, on either side of the whole millisecond.
    look(found.at === guess ? guess - 1 : guess + 1);
    // A guess that took off less than half is followed by a look into the middle.
    if (found.at - before.at > width / 2) look(before.at + Math.floor((found.at - before.at) / 2));
  }
  return found.at;
}
