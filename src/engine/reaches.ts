import type { Signal } from './catalog.ts';
import { firstInstant } from './first-instant.ts';
import { fade, fadedAt, halve, read, turnsAt } from './measure.ts';
import { addPoints, readinessOf } from './readiness.ts';
import type { Reading } from './reading.ts';
import type { AccountState } from './state.ts';
import { type Duration, HOUR, type Instant } from './time.ts';

export type ReadinessBound = { readonly atLeast?: number; readonly atMost?: number };

// Each round is one certified step, or one instant at which evidence starts or ends. The steps grow geometrically
// from a millisecond, so this many cover years; past them an early answer is a right one.
const ROUNDS = 96;

/** The evidence that moves readiness, read once; between here and `until` it changes only by fading. */
type Stretch = {
  readonly points: readonly Piece[];
  readonly dampers: readonly Piece[];
  /** The shortest half-life, and when everything that halves is nothing; undefined where nothing does. */
  readonly fading: { readonly stride: Duration; readonly to: Instant } | undefined;
  readonly until: Instant | undefined;
};
type Piece = { readonly weight: number; readonly datedAt: Instant; readonly halfLife: Duration | undefined };

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

/**
 * The first instant after `at` and before `horizon` at which readiness could cross one of these bounds by time alone;
 * undefined: none. Never late, but early where that is cheaper: it is for waking, and whoever wakes up asks again.
 * `readings`: of the signals at `at`, where they are known already.
 */
export function readinessTurns(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  bounds: readonly ReadinessBound[],
  horizon: Instant,
  readings?: readonly Reading[],
): Instant | undefined {
  const stretch = stretchFrom(state, signals, at, readings);
  const room = roomAround(valueAt(stretch, at), bounds);
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
  { points, dampers, fading }: Stretch,
  from: Instant,
  { least, above, most, below }: Room,
  end: Instant,
  start: Instant,
): Instant | undefined {
  if (fading === undefined) return undefined;
  const pointsNow = pointsAt(points, from);
  const dampingNow = dampingAt(dampers, from);
  const [highest, lowest] = [Math.min(most, below), Math.max(least, above)];
  const to = Math.min(fading.to, end - 1);
  const isNear = (early: Instant, found: Instant) =>
    early - start >= SOON && found - early <= (early - start) / 8;
  const rises = firstInstant(
    (at) => readinessOf(pointsNow, dampingAt(dampers, at)) - highest,
    (over) => (below <= most ? over >= 0 : over > 0),
    from,
    to,
    fading.stride / 4,
    isNear,
  );
  const falls = firstInstant(
    (at) => readinessOf(pointsAt(points, at), dampingNow) - lowest,
    (over) => (above >= least ? over <= 0 : over < 0),
    from,
    rises ?? to,
    fading.stride / 4,
    isNear,
  );
  return falls ?? rises;
}

/** Whether a readiness passes `{ at_least, at_most }`; both edges belong to it. */
export function isWithin({ atLeast, atMost }: ReadinessBound, value: number): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

function stretchFrom(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  readings?: readonly Reading[],
): Stretch {
  const points: Piece[] = [];
  const dampers: Piece[] = [];
  let until: Instant | undefined;
  let stride = Number.POSITIVE_INFINITY;
  let to = at;
  for (let place = 0; place < signals.length; place += 1) {
    const signal = signals[place];
    if (signal === undefined || signal.effect.kind === 'none') continue;
    const { effect } = signal;
    const reading = readings?.[place] ?? read(state, signal, at);
    const turn = turnsAt(state, signal, at, reading);
    if (turn !== undefined && (until === undefined || turn < until)) until = turn;
    if (fade(signal, reading, at) === 0) continue;
    const faded = fadedAt(signal, reading);
    const halfLife = faded === undefined ? undefined : signal.halfLife;
    if (halfLife !== undefined) stride = Math.min(stride, halfLife);
    if (faded !== undefined) to = Math.max(to, faded);
    const { datedAt = at } = reading;
    if (effect.kind === 'points') points.push({ weight: effect.points, datedAt, halfLife });
    else dampers.push({ weight: effect.share, datedAt, halfLife });
  }
  return { points, dampers, fading: Number.isFinite(stride) ? { stride, to } : undefined, until };
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

function valueAt({ points, dampers }: Stretch, at: Instant): number {
  return readinessOf(pointsAt(points, at), dampingAt(dampers, at));
}

// The same operations in the same order as `score`, so that both give the same number to the last bit.
function pointsAt(points: readonly Piece[], at: Instant): number {
  let sum = 0;
  for (const piece of points) sum = addPoints(sum, piece.weight * halved(piece, at));
  return sum;
}

function dampingAt(dampers: readonly Piece[], at: Instant): number {
  let damping = 1;
  for (const piece of dampers) damping *= 1 - piece.weight * halved(piece, at);
  return damping;
}

function halved({ datedAt, halfLife }: Piece, at: Instant): number {
  return halfLife === undefined ? 1 : halve(Math.max(0, at - datedAt), halfLife);
}
