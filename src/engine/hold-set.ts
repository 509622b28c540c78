/**
 * The names of gates that hold, each once and sorted. The same names, in whatever order they came, are one object
 * that is made once: nearly every evaluation finds what the one before found, and need not sort and join it anew.
 */
export type HoldSet = {
  readonly names: readonly string[];
  /** The names, joined by commas. */
  readonly text: string;
  readonly larger: Map<string, HoldSet>;
  /** The last verdict written with it. */
  verdict: { readonly person: string; readonly text: string } | undefined;
};

export const NO_HOLDS: HoldSet = makeSet([]);

export function withHold(set: HoldSet, gate: string): HoldSet {
  return set.larger.get(gate) ?? enlarge(set, gate);
}

export function union(a: HoldSet, b: HoldSet): HoldSet {
  if (a === NO_HOLDS) return b;
  let both = a;
  for (const name of b.names) both = withHold(both, name);
  return both;
}

// Few of the possible sets occur, but nothing bounds them.
const MOST_SETS = 10_000;
const sets = new Map<string, HoldSet>();

function enlarge(set: HoldSet, gate: string): HoldSet {
  if (sets.size >= MOST_SETS) {
    sets.clear();
    NO_HOLDS.larger.clear();
  }
  const names = set.names.includes(gate) ? set.names : [...set.names, gate].sort();
  const known = names.length === set.names.length ? set : sets.get(names.join());
  const larger = known ?? makeSet(names);
  sets.set(larger.text, larger);
  set.larger.set(gate, larger);
  return larger;
}

function makeSet(names: readonly string[]): HoldSet {
  return { names, text: names.join(','), larger: new Map(), verdict: undefined };
}
