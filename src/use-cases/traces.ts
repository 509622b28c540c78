import type { Json, PersonId } from '../engine/event.ts';

/** What a person is known by, and so what to look for wherever somebody may have written it. */
export type Traces = {
  /** The user id and every alias, as `person_id` holds them. */
  readonly ids: readonly PersonId[];
  /** Ids that nothing else is likely to read like, and addresses nobody else has: looked for in all texts. */
  readonly marks: readonly string[];
  /** Names and other ids: looked for only where it must be this person, in what was written about their accounts. */
  readonly names: readonly string[];
};

/** What stands in the place of a person who was erased. */
const NOBODY = 'someone';

/** What to look for of somebody who is known by this. */
export function tracesOf(facts: {
  readonly ids: readonly PersonId[];
  /** Addresses that are theirs alone. */
  readonly addresses: readonly string[];
  readonly names: readonly string[];
}): Traces {
  const bare = facts.ids.map((id) => id.replace(/^(anon|email):/, ''));
  const isDistinct = (id: string) => id.length >= 6 && /[^\p{L}]/u.test(id) && !id.includes('@');
  // A number of two digits is found in every sentence.
  const isWord = (id: string) => /\p{L}/u.test(id) || id.length >= 5;
  return {
    ids: facts.ids,
    marks: unique([...facts.addresses, ...bare.filter(isDistinct)].map((mark) => mark.toLowerCase())),
    names: unique([...facts.names, ...bare.filter(isWord)].filter((name) => name.trim().length >= 2)),
  };
}

const unique = (words: readonly string[]) => [...new Set(words)].sort((a, b) => b.length - a.length);

/** Takes a person out of a text. */
export type Scrub = (text: string) => string;

/** Takes out what can be nobody else. */
export const scrubMarks = ({ marks }: Traces): Scrub => replacing(marks, 'giu');

/** Also takes out names, and sentences of theirs: for what was written about their accounts. */
export function scrubAll(traces: Traces, sentences: readonly string[]): Scrub {
  const marks = scrubMarks(traces);
  const names = replacing(traces.names, 'gu');
  return (text) => names(sentences.reduce((rest, one) => rest.replaceAll(one, NOBODY), marks(text)));
}

function replacing(words: readonly string[], flags: string): Scrub {
  if (words.length === 0) return (text) => text;
  const any = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, flags);
  return (text) => text.replace(pattern, NOBODY);
}

/** Only what has a second word besides: where a first name alone may be anybody's. */
export const scrubFullNames = (traces: Traces): Scrub =>
  scrubAll({ ...traces, names: traces.names.filter((name) => /\s/.test(name)) }, []);

/** The same in every text of a JSON value, and in its keys. */
export function scrubJson<T extends Json>(value: T, scrub: Scrub): T;
export function scrubJson(value: Json, scrub: Scrub): Json {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'number') return isId(value) && scrub(String(value)) === NOBODY ? NOBODY : value;
  if (value === null || typeof value === 'boolean') return value;
  if (isList(value)) return value.map((item) => scrubJson(item, scrub));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [scrub(key), scrubJson(item, scrub)] as const),
  );
}

// Shorter ones are counts and scores.
const isId = (value: number) => value >= 100_000;
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
