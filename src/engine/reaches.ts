import type { Signal } from './catalog.ts';
import { firstInstant } from './first-instant.ts';
import { readinessOf } from './readiness.ts';
import type { AccountState } from './state.ts';
import { dampingAt, pointsAt, type Stretch, stretchFrom, valueAt } from './stretch.ts';
import type { Instant } from './time.ts';

export type ReadinessBound = { readonly atLeast?: number; readonly atMost?: number };

// Each round is one certified step, or one instant at which evidence starts or ends. The steps grow geometrically
// from a millisecond, so this many cover years; past them an early answer is a right one.
export const ROUNDS = 96;

/**
 * The first instant after `at` at which "readiness lies in the bound" could differ from its answer at `at` by time
 * alone; undefined: never. Never late. It is exact unless points and dampers fade at once, where it may be early.
 */
export function readinessReaches(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  bound: ReadinessBound,
): Instant | undefined {
  let from = at;
  let stretch = stretchFrom(state, signals, from);
  const answer = isWithin(bound, valueAt(stretch, from));
  for (let round = 0; round < ROUNDS; round += 1) {
    const crossing = mayCross(stretch, from, bound);
    if (crossing === undefined && stretch.until === undefined) return undefined;
    from = crossing ?? stretch.until ?? from;
    if (crossing === undefined) stretch = stretchFrom(state, signals, from);
    if (isWithin(bound, valueAt(stretch, from)) !== answer) return from;
  }
  return from;
}

/** Whether a readiness passes `{ at_least, at_most }`; both edges belong to it. */
export function isWithin({ atLeast, atMost }: ReadinessBound, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/**
 * The first instant of the stretch after `from` at which the answer could be another. Points only fall and damping
 * only lifts, so points of now with the damping of later bound readiness from above, and the reverse from below.
 */
function mayCross(stretch: Stretch, from: Instant, { atLeast, atMost }: ReadinessBound): Instant | undefined {
  const { points, dampers, fading, until } = stretch;
  if (fading === undefined) return undefined;
  const pointsNow = pointsAt(points, from);
  const dampingNow = dampingAt(dampers, from);
  const highest = (at: Instant) => readinessOf(pointsNow, dampingAt(dampers, at));
  const lowest = (at: Instant) => readinessOf(pointsAt(points, at), dampingNow);
  const value = readinessOf(pointsNow, dampingNow);
  const end = until === undefined ? fading.to : Math.min(fading.to, until - 1);
  const search = (level: (at: Instant) => number, holds: (level: number) => boolean, to = end) =>
    firstInstant(level, holds, from, to, fading.stride / 4);

  if (atLeast !== undefined && value < atLeast) {
    return search(
      (at) => highest(at) - atLeast,
      (over) => over >= 0,
    );
  }
  if (atMost !== undefined && value > atMost) {
    return search(
      (at) => lowest(at) - atMost,
      (over) => over <= 0,
    );
  }
  const falls =
    atLeast === undefined
      ? undefined
      : search(
          (at) => lowest(at) - atLeast,
          (over) => over < 0,
        );
  if (atMost === undefined) return falls;
  const rises = search(
    (at) => highest(at) - atMost,
    (over) => over > 0,
    falls,
  );
  return rises ?? falls;
}
