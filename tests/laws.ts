import fc from 'fast-check';

const { LAW_RUNS } = process.env;

/** How many cases a law on a database draws: as many as given, or LAW_RUNS. */
export function lawRuns(usual: number): number {
  return Number(LAW_RUNS ?? usual);
}

// The suite draws the same cases each time, so that what it says is of the change at hand; LAW_RUNS=2000 draws others.
if (LAW_RUNS === undefined) fc.configureGlobal({ seed: 2026 });
