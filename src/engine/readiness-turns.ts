import type { Signal } from './catalog.ts';
import { firstInstant } from './first-instant.ts';
import { type ReadinessBound, ROUNDS } from './reaches.ts';
import { type Evidence, readinessOf } from './readiness.ts';
import type { AccountState } from './state.ts';
import { dampingAt, pointsAt, type Stretch, stretchFrom, valueAt } from './stretch.ts';
import { type Duration, HOUR, type Instant } from './time.ts';

/**
 * The first instant after `at` and before `horizon` at which readiness could cross one of these bounds by time alone;
 * undefined: none. Never late, but early where that is cheaper: it is for waking, and whoever wakes up asks again.
 * `evidence`: what readiness rests on at `at`, where it is known already.
 */
export function readinessTurns(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  bounds: readonly ReadinessBound[],
  horizon: Instant,
  evidence?: Evidence,
): Instant | undefined {
  const stretch = stretchFrom(state, signals, at, evidence);
  const room = roomAround(evidence?.value ?? valueAt(stretch, at), bounds);
  // Past the next instant at which evidence starts or ends it would all have to be read anew.
  const end = Math.min(horizon, stretch.until ?? horizon);
  let from = at;
  for (let round = 0; round < ROUNDS; round += 1) {
    const crossing = mayLeave(stretch, from, room, end, at);
    if (crossing === undefined) return end < horizon ? end : undefined;
    if (crossing - at >= SOON || !isInside(room, valueAt(stretch, crossing))) return crossing;
    from = crossing;
  }
  return from;
}

// Waking for nothing costs as much as an event, so it must not be often; a few times a day are nothing.
const SOON: Duration = 6 * HOUR;

/** Where readiness may move without crossing any of several bounds: from `least` to below `below`, and so on. */
type Room = { readonly least: number; readonly above: number; readonly most: number; readonly below: number };

function roomAround(value: number, bounds: readonly ReadinessBound[]): Room {
  let [least, above] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [most, below] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { atLeast, atMost } of bounds) {
    if (atLeast !== undefined && atLeast <= value) least = Math.max(least, atLeast);
    if (atLeast !== undefined && atLeast > value) below = Math.min(below, atLeast);
    if (atMost !== undefined && atMost >= value) most = Math.min(most, atMost);
    if (atMost !== undefined && atMost < value) above = Math.max(above, atMost);
  }
  return { least, above, most, below };
}

function isInside({ least, above, most, below }: Room, value: number): boolean {
  return value >= least && value > above && value <= most && value < below;
}

/** The first instant of the stretch after `from` and before `end` at which readiness could be outside. */
function mayLeave(
  { points, dampers, fading, fadesPoints, fadesDampers }: Stretch,
  from: Instant,
  { least, above, most, below }: Room,
  end: Instant,
  start: Instant,
): Instant | undefined {
  if (fading === undefined) return undefined;
  const highest = Math.min(most, below);
  const lowest = Math.max(least, above);
  const canRise = fadesDampers && highest !== Number.POSITIVE_INFINITY;
  const canFall = fadesPoints && lowest !== Number.NEGATIVE_INFINITY;
  if (!canRise && !canFall) return undefined;
  const pointsNow = pointsAt(points, from);
  const dampingNow = dampingAt(dampers, from);
  const to = Math.min(fading.to, end - 1);
  const isNear = (early: Instant, found: Instant) =>
    early - start >= SOON && found - early <= (early - start) / 64;
  const search = (level: (at: Instant) => number, holds: (level: number) => boolean, until: Instant) =>
    firstInstant(level, holds, from, until, fading.stride / 4, isNear);
  const rises = canRise
    ? search(
        (at) => readinessOf(pointsNow, dampingAt(dampers, at)) - highest,
        (over) => (below <= most ? over >= 0 : over > 0),
        to,
      )
    : undefined;
  const falls = canFall
    ? search(
        (at) => readinessOf(pointsAt(points, at), dampingNow) - lowest,
        (over) => (above >= least ? over <= 0 : over < 0),
        rises ?? to,
      )
    : undefined;
  return falls ?? rises;
}
