import { didYouMean, nearest } from './nearest.ts';
import { describe, type Entry, entriesOf, itemsOf, type Place, report, scalarOf } from './place.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/**
 * Reads one kind of value. `read` answers undefined when it has reported a fault; `schema` says the
 * same to an editor.
 */
export type Reader<Value> = {
  readonly read: (at: Place) => Value | undefined;
  readonly schema: JsonSchema;
  /** `a rate like 1 per 30d`: said of a key that is missing. */
  readonly expected?: string;
};

export type Output<R> = R extends Reader<infer Value> ? Value : never;

type Readers = Readonly<Record<string, Reader<unknown>>>;
/** What a record of these keys gives. */
export type Whole<Must extends Readers, May extends Readers> = {
  readonly [Key in keyof Must]: Output<Must[Key]>;
} & {
  readonly [Key in keyof May]?: Output<May[Key]>;
};

/** The known keys that are in the file, also those whose value is at fault. */
export type Given = ReadonlyMap<string, Entry> & {
  /** Keys there that are not known: one of them may be meant for a known one. */
  readonly strangers: number;
};

/** A rule over several keys. */
export type Check<Value> = (found: Partial<Value>, at: Place, given: Given) => void;

/** What to do about a key that does not belong here, by its name; undefined: nothing better than a likely name. */
export type Hint = (key: string) => string | undefined;

/** A map of known keys. Every unknown, missing or faulty one is reported, not only the first. */
export function record<const Must extends Readers, const May extends Readers>(
  what: string,
  must: Must,
  may: May,
  check?: Check<Whole<Must, May>>,
  hint?: Hint,
): Reader<Whole<Must, May>> {
  const readers = new Map(Object.entries({ ...must, ...may }));
  const read = (at: Place) => {
    const entries = entriesOf(at, what, shortFor(must, at));
    if (entries === undefined) return undefined;
    const before = at.file.faults.length;
    const { found, given, meant } = readEntries(entries, readers, hint);
    for (const [key, { expected }] of Object.entries(must)) {
      if (given.has(key) || meant.has(key)) continue;
      report(at, `"${key}" is missing${expected === undefined ? '' : `: expected ${expected}`}`);
    }
    const whole = known<Whole<Must, May>>(found);
    check?.(whole, at, Object.assign(given, { strangers: entries.length - given.size }));
    return at.file.faults.length === before ? whole : undefined;
  };
  const properties = Object.fromEntries([...readers].map(([key, { schema }]) => [key, schema]));
  const required = Object.keys(must);
  const schema = { type: 'object', properties, required, additionalProperties: false };
  return { read, schema, expected: what };
}

/** `write { within: 30d }`, where the value of the only key that must be there came alone. */
function shortFor(must: Readers, at: Place): string | undefined {
  const [only, another] = Object.entries(must);
  const came = scalarOf(at)?.value;
  if (only === undefined || another !== undefined) return undefined;
  if (typeof came !== 'string' && typeof came !== 'number') return undefined;
  const [key, { schema }] = only;
  const value = schema['type'] === 'array' ? `[${String(came)}]` : String(came);
  return schema['type'] === 'object' ? undefined : `write { ${key}: ${value} }`;
}

function readEntries(
  entries: readonly Entry[],
  readers: ReadonlyMap<string, Reader<unknown>>,
  hint: Hint = () => undefined,
) {
  const found: Record<string, unknown> = {};
  const given = new Map<string, Entry>();
  const meant = new Set<string>();
  for (const item of entries) {
    const reader = readers.get(item.key);
    if (reader === undefined) {
      const hinted = item.key === '<<' ? 'nothing is merged in: write the values out' : hint(item.key);
      const near = hinted === undefined ? nearest(item.key, readers.keys()) : undefined;
      if (near !== undefined) meant.add(near);
      report(item.keyAt, `unknown key "${item.key}"`, hinted ?? didYouMean(item.key, readers.keys()));
      continue;
    }
    given.set(item.key, item);
    const value = reader.read(item.value);
    if (value !== undefined) found[item.key] = value;
  }
  return { found, given, meant };
}

// Safe because each key was read by its own reader, and a record with a missing or faulty key is not handed on.
function known<Value>(found: Record<string, unknown>): Value {
  return found as Value;
}

/** A map with keys of the writer's own. `key` judges them. */
export function dictionary<Value>(
  what: string,
  value: Reader<Value>,
  key: (name: string, at: Place) => void = () => undefined,
): Reader<ReadonlyMap<string, Value>> {
  const read = (at: Place) => {
    const before = at.file.faults.length;
    const found = new Map<string, Value>();
    for (const item of entriesOf(at, what) ?? []) {
      key(item.key, item.keyAt);
      const one = value.read(item.value);
      if (one !== undefined) found.set(item.key, one);
    }
    return at.file.faults.length === before ? found : undefined;
  };
  return { read, schema: { type: 'object', additionalProperties: value.schema }, expected: what };
}

/** A map with exactly one of these keys, each of which makes a value of its own. */
export function oneKey<Value>(
  what: string,
  readers: Readonly<Record<string, Reader<Value>>>,
  hint: Hint = () => undefined,
): Reader<Value> {
  const names = Object.keys(readers);
  const read = (at: Place) => {
    const entries = entriesOf(at, what);
    if (entries === undefined) return undefined;
    const [only, another] = entries;
    if (only === undefined) return report(at, `expected ${what}, got an empty map`);
    if (another !== undefined) {
      const keys = entries.map(({ key }) => `"${key}"`).join(', ');
      const message = `expected ${what}, with one key; got ${entries.length}: ${keys}`;
      const dashes = 'put a dash before each: every one is an item of its own';
      return report(another.keyAt, message, hint(another.key) ?? dashes);
    }
    const reader = Object.hasOwn(readers, only.key) ? readers[only.key] : undefined;
    if (reader === undefined)
      return report(only.keyAt, `unknown key "${only.key}"`, hint(only.key) ?? didYouMean(only.key, names));
    return reader.read(only.value);
  };
  const oneOf = Object.entries(readers).map(([key, { schema }]) => ({
    type: 'object',
    properties: { [key]: schema },
    required: [key],
    additionalProperties: false,
  }));
  return { read, schema: { oneOf }, expected: what };
}

export function list<Value>(
  what: string,
  item: Reader<Value>,
  suggestion?: string,
): Reader<readonly Value[]> {
  const read = (at: Place) => {
    const items = itemsOf(at);
    if (items === undefined)
      return report(at, `expected ${what}, got ${describe(at)}`, suggestion ?? asList(at, item));
    const before = at.file.faults.length;
    const values = items.flatMap((one) => {
      const value = item.read(one);
      return value === undefined ? [] : [value];
    });
    return at.file.faults.length === before ? values : undefined;
  };
  return { read, schema: { type: 'array', items: item.schema }, expected: what };
}

/** The one value or map that came, as the list it should be. */
function asList(at: Place, item: Reader<unknown>): string | undefined {
  const value = scalarOf(at)?.value;
  const isOfMaps = item.schema['type'] === 'object';
  if (value === undefined) return isOfMaps ? 'put a dash before each item' : undefined;
  return value === null || isOfMaps ? undefined : `write [${String(value)}]`;
}

/** One value or a list of them. */
export function oneOrMany<Value>(what: string, item: Reader<Value>): Reader<readonly Value[]> {
  const many = list(what, item);
  const read = (at: Place) => {
    if (itemsOf(at) !== undefined) return many.read(at);
    const single = scalarOf(at);
    if (single === undefined || single.value === null)
      return report(at, `expected ${what}, got ${describe(at)}`);
    const value = item.read(at);
    return value === undefined ? undefined : [value];
  };
  return { read, schema: { anyOf: [item.schema, many.schema] }, expected: what };
}

/** The value of another reader, made into something else; `make` may report and answer undefined. */
export function mapped<From, To>(
  reader: Reader<From>,
  make: (value: From, at: Place) => To | undefined,
): Reader<To> {
  const read = (at: Place) => {
    const value = reader.read(at);
    return value === undefined ? undefined : make(value, at);
  };
  return { ...reader, read };
}

/** A single value, or else a map or list for `other` to read. */
export function scalarOr<One, Other>(one: Reader<One>, other: Reader<Other>): Reader<One | Other> {
  const read = (at: Place) => (scalarOf(at) === undefined ? other.read(at) : one.read(at));
  const schema = { anyOf: [one.schema, other.schema] };
  return one.expected === undefined ? { read, schema } : { read, schema, expected: one.expected };
}

/** The same reader with more for editors to check by. */
export function narrowed<Value>(reader: Reader<Value>, more: JsonSchema): Reader<Value> {
  return { ...reader, schema: { ...reader.schema, ...more } };
}

/** The same reader with a sentence that editors show. */
export function says<Value>(description: string, reader: Reader<Value>): Reader<Value> {
  return { ...reader, schema: { description, ...reader.schema } };
}
