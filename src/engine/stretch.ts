import type { Signal } from './catalog.ts';
import { fade, fadedAt, halve, read, turnsAt } from './measure.ts';
import { addPoints, type Evidence, readinessOf } from './readiness.ts';
import type { AccountState } from './state.ts';
import type { Duration, Instant } from './time.ts';

/** The evidence that moves readiness, read once; between here and `until` it changes only by fading. */
export type Stretch = {
  readonly points: readonly Piece[];
  readonly dampers: readonly Piece[];
  /** The shortest half-life, and when everything that halves is nothing; undefined where nothing does. */
  readonly fading: { readonly stride: Duration; readonly to: Instant } | undefined;
  readonly fadesPoints: boolean;
  readonly fadesDampers: boolean;
  /** When evidence starts or ends next. */
  readonly until: Instant | undefined;
};
type Piece = { readonly weight: number; readonly datedAt: Instant; readonly halfLife: Duration | undefined };

/** `evidence`: what readiness rests on at `at`, where it is known already. */
export function stretchFrom(
  state: AccountState,
  signals: readonly Signal[],
  at: Instant,
  evidence?: Evidence,
): Stretch {
  const points: Piece[] = [];
  const dampers: Piece[] = [];
  let until: Instant | undefined;
  let stride = Number.POSITIVE_INFINITY;
  let to = at;
  let fadesPoints = false;
  let fadesDampers = false;
  for (let place = 0; place < signals.length; place += 1) {
    const signal = signals[place];
    if (signal === undefined || signal.effect.kind === 'none') continue;
    const { effect } = signal;
    const reading = evidence?.readings[place] ?? read(state, signal, at);
    const turn = turnsAt(state, signal, at, reading);
    if (turn !== undefined && (until === undefined || turn < until)) until = turn;
    if ((evidence?.x[place] ?? fade(signal, reading, at)) === 0) continue;
    const faded = fadedAt(signal, reading);
    const halfLife = faded === undefined ? undefined : signal.halfLife;
    if (halfLife !== undefined) stride = Math.min(stride, halfLife);
    if (faded !== undefined) to = Math.max(to, faded);
    const { datedAt = at } = reading;
    if (effect.kind === 'points') {
      points.push({ weight: effect.points, datedAt, halfLife });
      fadesPoints ||= halfLife !== undefined;
    } else {
      dampers.push({ weight: effect.share, datedAt, halfLife });
      fadesDampers ||= halfLife !== undefined;
    }
  }
  const fading = Number.isFinite(stride) ? { stride, to } : undefined;
  return { points, dampers, fading, fadesPoints, fadesDampers, until };
}

/** Readiness at an instant of the stretch. */
export function valueAt({ points, dampers }: Stretch, at: Instant): number {
  return readinessOf(pointsAt(points, at), dampingAt(dampers, at));
}

// The same operations in the same order as `score`, so that both give the same number to the last bit.
export function pointsAt(points: readonly Piece[], at: Instant): number {
  let sum = 0;
  for (const piece of points) sum = addPoints(sum, piece.weight * halved(piece, at));
  return sum;
}

/** What is left of readiness after all damping. */
export function dampingAt(dampers: readonly Piece[], at: Instant): number {
  let damping = 1;
  for (const piece of dampers) damping *= 1 - piece.weight * halved(piece, at);
  return damping;
}

function halved({ datedAt, halfLife }: Piece, at: Instant): number {
  return halfLife === undefined ? 1 : halve(Math.max(0, at - datedAt), halfLife);
}
