/** The known name that was most probably meant, or undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const synonym = SYNONYMS.get(fold(name))?.find((one) => names.includes(one));
  if (synonym !== undefined) return synonym;
  const wanted = fold(name);
  const begun = names.find((one) => one.length >= 3 && wanted.startsWith(fold(one)));
  if (begun !== undefined) return begun;
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(wanted, fold(candidate));
    if (best === undefined || distance < best.distance) best = { name: candidate, distance };
  }
  // A third of the letters may be wrong, and in short words one or two.
  const allowed = Math.max(wanted.length <= 3 ? 1 : 2, Math.floor(wanted.length / 3));
  return best !== undefined && best.distance <= allowed ? best.name : undefined;
}

// What people write who know the thing by another word; the first that is known here is meant.
const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    above: ['at_least'],
    active: ['live'],
    any_of: ['in'],
    below: ['at_most'],
    cooldown: ['again'],
    count: ['times'],
    csm: ['draft'],
    description: ['says', 'why'],
    disabled: ['paused'],
    enabled: ['live'],
    eq: ['is'],
    equals: ['is'],
    event: ['on'],
    events: ['on'],
    except: ['unless'],
    gt: ['above', 'at_least'],
    gte: ['at_least'],
    if: ['when'],
    in_app: ['nudge'],
    inactive: ['paused'],
    includes: ['contains'],
    lt: ['below', 'at_most'],
    lte: ['at_most'],
    max: ['at_most'],
    min: ['at_least'],
    name: ['description', 'trait'],
    ne: ['not'],
    not: ['unless'],
    off: ['paused'],
    on: ['live'],
    one_of: ['in'],
    popup: ['nudge'],
    present: ['exists'],
    score: ['points'],
    tenure: ['minimum_tenure'],
    timeout: ['expires'],
    trait: ['name'],
    wait: ['delay'],
    weight: ['points'],
    within: ['for'],
  }),
);

/** `did you mean "when"?`, or else the names there are, when they are few. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names.length > 0 && names.length <= 24 ? `known here: ${names.join(', ')}` : undefined;
}

/** The known name that this one misses by a letter, or in long names by two: where strange names are nobody's slip. */
export function slipOf(name: string, known: Iterable<string>): string | undefined {
  const mostly = (letters: number) => (letters < 6 ? 0 : letters < 12 ? 1 : 2);
  return [...known].find((one) => editDistance(fold(name), fold(one)) <= mostly(one.length));
}

// "Half-Life" and "half_life" are the same slip.
function fold(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
