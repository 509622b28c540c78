import type { Guardrails } from '../engine/catalog.ts';
import type { Duration, Instant } from '../engine/time.ts';
import { isFixed, isOver, type Stage } from './stage.ts';

/** One advocate's introduction of one company, as attribution sees it. */
export type Claim = {
  readonly id: string;
  /** The advocate's own code: the same person for another account is another advocate. */
  readonly code: string;
  readonly at: Instant;
  readonly stage: Stage;
  /** Held for review: it counts for nothing until somebody has looked. */
  readonly held: boolean;
};

export type Credit = { readonly id: string; readonly share: number };

export type Attribution = Guardrails['attribution'];

/** How long an introduction counts: by the segment where one is set, else the default. */
export const windowOf = (attribution: Attribution, segment?: string): Duration =>
  (segment === undefined ? undefined : attribution.segments[segment]) ?? attribution.window;

/** Both edges count: an introduction is valid at its own instant and at exactly a window after it. */
export const isInside = (claimedAt: Instant, at: Instant, window: Duration): boolean =>
  claimedAt <= at && at <= claimedAt + window;

/**
 * The advocate's own earlier claim on the company that a further introduction joins, the latest first.
 * One that became a sales opportunity is joined however old it is.
 */
export function joins<C extends Claim>(
  claims: readonly C[],
  code: string,
  at: Instant,
  window: Duration,
): C | undefined {
  return claims
    .filter((claim) => claim.code === code && (isFixed(claim.stage) || isInside(claim.at, at, window)))
    .sort(latestFirst)[0];
}

/**
 * Who is credited for one company at `at`, out of all its claims; shares add up to 1, or nobody is.
 * From a sales opportunity on it is whoever reached it.
 */
export function creditFor(
  claims: readonly Claim[],
  at: Instant,
  { model, window }: { model: Attribution['model']; window: Duration },
): readonly Credit[] {
  const valid = claims.filter((claim) => !claim.held && !isOver(claim.stage) && claim.at <= at);
  const fixed = valid.filter((claim) => isFixed(claim.stage));
  if (fixed.length > 0) return shared(fixed);
  const open = valid.filter((claim) => isInside(claim.at, at, window)).sort(latestFirst);
  switch (model) {
    case 'last':
      return shared(open.slice(0, 1));
    case 'first':
      return shared(open.slice(-1));
    case 'split':
      return shared(open);
    default:
      return model satisfies never;
  }
}

const shared = (claims: readonly Claim[]): readonly Credit[] =>
  claims.map(({ id }) => ({ id, share: 1 / claims.length }));

// Of two at one instant the greater id counts as later, so that the order of rows never matters.
const latestFirst = (a: Claim, b: Claim): number => b.at - a.at || (a.id < b.id ? 1 : -1);
