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
  /** How long it counts. */
  readonly window: Duration;
};

export type Credit = { readonly id: string; readonly share: number };

export type Attribution = Guardrails['attribution'];

/** How long an introduction counts: by the segment where one is set, else the default. */
export const windowOf = (attribution: Attribution, segment?: string): Duration =>
  (segment === undefined ? undefined : attribution.segments[segment]) ?? attribution.window;

/** Whether it counts at an instant. Both edges do: its own instant, and exactly a window after it. */
const isInside = (claim: Pick<Claim, 'at' | 'window'>, at: Instant): boolean =>
  claim.at <= at && at <= claim.at + claim.window;

/** Whether it moves along with its company: it is neither over nor held, and counts or is fixed. */
export const isOpen = (claim: Claim, at: Instant): boolean =>
  !claim.held && !isOver(claim.stage) && (isFixed(claim.stage) || isInside(claim, at));

/**
 * The advocate's own earlier claim on the company that a further introduction joins, the latest first.
 * One that became a sales opportunity is joined however old it is.
 */
export function joins<C extends Claim>(claims: readonly C[], code: string, at: Instant): C | undefined {
  return claims
    .filter((claim) => claim.code === code && (isFixed(claim.stage) || isInside(claim, at)))
    .sort(latestFirst)[0];
}

/**
 * Who is credited for one company at `at`, out of all its claims; shares add up to 1, or nobody is.
 * From a sales opportunity on it is whoever reached it.
 */
export function creditFor(
  claims: readonly Claim[],
  at: Instant,
  model: Attribution['model'],
): readonly Credit[] {
  const valid = claims.filter((claim) => isOpen(claim, at) && claim.at <= at).sort(latestFirst);
  const fixed = valid.filter((claim) => isFixed(claim.stage));
  if (fixed.length > 0) return shared(fixed);
  switch (model) {
    case 'last':
      return shared(valid.slice(0, 1));
    case 'first':
      return shared(valid.slice(-1));
    case 'split':
      return shared(valid);
    default:
      return model satisfies never;
  }
}

const shared = (claims: readonly Claim[]): readonly Credit[] =>
  claims.map(({ id }) => ({ id, share: 1 / claims.length }));

// Of two at one instant the greater id counts as later, so that the order of rows never matters.
const latestFirst = (a: Claim, b: Claim): number => b.at - a.at || (a.id < b.id ? 1 : -1);
