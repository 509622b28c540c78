import type { Scalar, Test, Where } from './catalog.ts';
import type { Json, JsonObject } from './event.ts';
import { own } from './record.ts';

/** Whether the properties pass every condition. */
export function matches(where: Where, properties: JsonObject): boolean {
  for (const { path, test } of where) {
    if (!testValue(test, valueAt(properties, path))) return false;
  }
  return true;
}

/**
 * Whether a value passes all that a test asks. A missing one (undefined) fails everything but `not` and
 * `exists: false`; null is a value. Only JSON numbers are numbers: the text "10" is at least nothing.
 */
export function testValue(test: Test, value: Json | undefined): boolean {
  if (test.exists !== undefined && test.exists !== (value !== undefined)) return false;
  if (test.not !== undefined && value === test.not) return false;
  if (test.is !== undefined && value !== test.is) return false;
  if (test.in !== undefined && !test.in.some((one) => one === value)) return false;
  if (test.contains !== undefined && !contains(value, test.contains)) return false;
  return inRange(test, value);
}

/** The value at a dotted path; at each level a key with that very name goes first. */
export function valueAt(properties: JsonObject | readonly Json[], path: string): Json | undefined {
  const named = property(properties, path);
  if (named !== undefined) return named;
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const inner = property(properties, path.slice(0, dot));
  return typeof inner === 'object' && inner !== null ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

function property(properties: JsonObject | readonly Json[], key: string): Json | undefined {
  if (isList(properties)) return /^\d+$/.test(key) ? properties[Number(key)] : undefined;
  return own(properties, key);
}

function inRange(test: Test, value: Json | undefined): boolean {
  const { atLeast, atMost, above, below } = test;
  if (atLeast === undefined && atMost === undefined && above === undefined && below === undefined)
    return true;
  if (typeof value !== 'number') return false;
  if (atLeast !== undefined && !(value >= atLeast)) return false;
  if (atMost !== undefined && !(value <= atMost)) return false;
  if (above !== undefined && !(value > above)) return false;
  return below === undefined || value < below;
}

function contains(value: Json | undefined, part: Scalar): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part);
  return isList(value) && value.some((one) => one === part);
}

// Array.isArray alone does not narrow a readonly array out of a union.
function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
