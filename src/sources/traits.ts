import type { Json, JsonObject } from '../engine/event.ts';

/** The spelling of Segment's own spec and of many products, and the standard name for the same trait. */
const STANDARD: readonly (readonly [string, string])[] = [
  ['createdAt', 'created_at'],
  ['firstName', 'first_name'],
  ['lastName', 'last_name'],
  ['renewalAt', 'renewal_at'],
  ['csmName', 'csm_name'],
  ['csmEmail', 'csm_email'],
];

/** The traits as sent, and under their standard names as well. `defaults` fill what is missing. */
export function withStandardNames(traits: JsonObject, defaults: JsonObject = {}): JsonObject {
  let named: Record<string, Json> | undefined;
  for (const [theirs, ours] of STANDARD) {
    const value = traits[theirs];
    if (value === undefined || traits[ours] !== undefined) continue;
    named ??= {};
    named[ours] = value;
  }
  return { ...defaults, ...traits, ...named };
}
