/**
 * The names of gates that hold, each once and sorted. The same names, in whatever order they came, are one object
 * that is made once: nearly every evaluation finds what the one before found, and need not sort and join it anew.
 */
export type HoldSet = {
  readonly names: readonly string[];
  /** As an agenda keeps it. */
  readonly verdict: string;
  /** By the number of the name that is added. */
  readonly larger: (HoldSet | undefined)[];
};

export const NO_HOLDS: HoldSet = makeSet([]);

/** The same names and one more. */
export function withHold(set: HoldSet, gate: string): HoldSet {
  return withNumber(set, numberOfGate(gate));
}

/** The same for a name whose number is known. */
export function withNumber(set: HoldSet, number: number): HoldSet {
  return set.larger[number] ?? enlarge(set, number);
}

/** A number for each name of a gate: counted up, so that it is the place in a list. */
export function numberOfGate(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  names.push(name);
  numbers.set(name, names.length - 1);
  return names.length - 1;
}

// Of gates there are as many as guardrails and signals, in every catalog there was.
const numbers = new Map<string, number>();
const names: string[] = [];

// Few of the possible sets occur, but nothing bounds them.
const MOST_SETS = 10_000;
const sets = new Map<string, HoldSet>();

function enlarge(set: HoldSet, number: number): HoldSet {
  const gate = names[number] ?? '';
  if (sets.size >= MOST_SETS) {
    sets.clear();
    NO_HOLDS.larger.length = 0;
  }
  const made = makeSet(set.names.includes(gate) ? set.names : [...set.names, gate].sort());
  const larger = sets.get(made.verdict) ?? made;
  sets.set(larger.verdict, larger);
  set.larger[number] = larger;
  return larger;
}

function makeSet(names: readonly string[]): HoldSet {
  return { names, verdict: `hold:${names.join(',')}:`, larger: [] };
}
