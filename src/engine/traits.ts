import type { Event, Json, JsonObject } from './event.ts';
import { isAfter } from './mark.ts';
import { valueAt } from './match.ts';
import { keepGreatest, own, put } from './record.ts';
import { type AccountState, MAX_TRAITS, type TraitReport } from './state.ts';

const LONGEST_TEXT = 1000;
const LARGEST = 4000;

/** Remembers what an `Account Updated` reports: of each trait the last word, in order of (occurredAt, id). */
export function foldTraits(state: AccountState, event: Event): void {
  const { traits } = state;
  for (const name of Object.keys(event.properties)) {
    const known = own(traits, name);
    if (known !== undefined && !isAfter(event, known)) continue;
    put(traits, name, { value: bounded(event.properties[name] ?? null), at: event.occurredAt, id: event.id });
    if (known === undefined) keepGreatest(traits, MAX_TRAITS, reportedBefore);
  }
}

/** The trait at a dotted path, undefined where the account has none or it was taken back with null. */
export function accountTrait(state: AccountState, path: string): Json | undefined {
  const named = own(state.traits, path);
  if (named !== undefined) return named.value ?? undefined;
  const dot = path.indexOf('.');
  const inner = dot < 0 ? undefined : own(state.traits, path.slice(0, dot))?.value;
  if (typeof inner !== 'object' || inner === null) return undefined;
  return valueAt(inner, path.slice(dot + 1)) ?? undefined;
}

/** All traits as one object, without those taken back. */
export function accountTraits(state: AccountState): JsonObject {
  const traits: Record<string, Json> = {};
  for (const [name, { value }] of Object.entries(state.traits)) {
    if (value !== null) put(traits, name, value);
  }
  return traits;
}

// What would make the state large is no trait that a definition compares with.
function bounded(value: Json): Json {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? null : value;
  if (typeof value !== 'object' || value === null) return value;
  return JSON.stringify(value).length > LARGEST ? null : value;
}

function reportedBefore(
  [nameA, a]: readonly [string, TraitReport],
  [nameB, b]: readonly [string, TraitReport],
) {
  if (a.at !== b.at) return a.at < b.at;
  return a.id === b.id ? nameA < nameB : a.id < b.id;
}
