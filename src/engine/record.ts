/**
 * The value under a key that came from outside, where `constructor` and `__proto__` are names like any other.
 * What every object inherits is told by its kind, which is much faster than asking whose property it is: JSON holds
 * no functions.
 */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  const value = record[key];
  return typeof value === 'function' || value === INHERITED ? undefined : value;
}

const INHERITED: unknown = Object.prototype;

/** Sets such a key. Assigning `__proto__` would set no key but the prototype. */
export function put<Value>(record: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    record[key] = value;
  }
}

/** True for a plain JSON object: no list, no null. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields that there are, for types whose optional keys are absent and never undefined. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  // The same keys, but for those that were taken out.
  return Object.fromEntries(entries) as { [Key in keyof Fields]?: NonNullable<Fields[Key]> };
}

export function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false;
  return true;
}

/** Lets the least entries go until at most `limit` are left. `precedes` must be a total order. */
export function keepGreatest<Value>(
  record: Record<string, Value>,
  limit: number,
  precedes: (a: readonly [string, Value], b: readonly [string, Value]) => boolean,
): void {
  let entries = Object.entries(record);
  while (entries.length > limit) {
    const least = entries.reduce((a, b) => (precedes(b, a) ? b : a));
    delete record[least[0]];
    entries = entries.filter((entry) => entry !== least);
  }
}
