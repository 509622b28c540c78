import type { Scalar } from './catalog.ts';
import type { PersonId } from './event.ts';
import type { Mark, Said } from './state.ts';
import type { Instant } from './time.ts';

/** What a signal's sentence may use. `said` holds properties of the event that the signal dates from. */
export type Facts = {
  readonly count: number | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly value: Scalar | undefined;
  readonly personId: PersonId | undefined;
  readonly said: Said | undefined;
};

/** A signal at one instant, before fading. `datedAt` is undefined for kinds that do not fade. */
export type Reading = {
  readonly strength: 0 | 1;
  readonly datedAt: Instant | undefined;
  readonly facts: Facts;
};

const NO_FACTS: Facts = {
  count: undefined,
  from: undefined,
  to: undefined,
  value: undefined,
  personId: undefined,
  said: undefined,
};

export const NO_EVIDENCE: Reading = { strength: 0, datedAt: undefined, facts: NO_FACTS };

/** The facts of a remembered event and how many there were. All fields are written out: this runs for each signal. */
export function countOf({ personId, said }: Pick<Mark, 'personId' | 'said'>, count: number): Facts {
  return { count, from: undefined, to: undefined, value: undefined, personId, said };
}

/** Facts about the account as a whole, which no event tells. */
export function plainFacts(count: number | undefined, value: Scalar | undefined): Facts {
  return { count, from: undefined, to: undefined, value, personId: undefined, said: undefined };
}
