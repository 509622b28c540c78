import type { Json, JsonObject } from '../engine/event.ts';
import { isRecord } from '../engine/record.ts';
import { refuse } from './message-fault.ts';

/** Deeper than this nobody filters, and recursion over stored text stays cheap. */
const MAX_DEPTH = 16;

/** Keys that would reach an object's prototype when somebody merges it. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

export type Fields = { readonly [key: string]: unknown };

/** True for a plain JSON object: no list, no null. */
export const isFields: (value: unknown) => value is Fields = isRecord;

/**
 * The object at `where`, checked to be JSON that any database keeps as it is. What `keeps` turns down is left
 * out unread. Refuses the message for anything else.
 */
export function readObject(
  value: unknown,
  where: string,
  keeps?: (key: string, value: unknown) => boolean,
): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) refuse(`${where}: got ${kindOf(value)}, expected an object`);
  const clean: Record<string, Json> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (keeps?.(key, entry) === false || entry === undefined) continue;
    const fault = faultOfKey(key) ?? faultIn(entry, 2);
    if (isFaultless(entry, fault)) clean[key] = entry;
    else refuse(`${where}${step(key)}${fault}`);
  }
  return clean;
}

/** Why PostgreSQL could not keep this text, or undefined. A loop: each string of each event goes through here. */
export function faultOfText(text: string): string | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === 0) return 'has a NUL character, which no database text can hold';
    if (unit < HIGH || unit > LOW_END) continue;
    const next = text.charCodeAt(index + 1);
    if (unit >= LOW || !(next >= LOW && next <= LOW_END))
      return 'has half of a surrogate pair, which is no Unicode text';
    index += 1;
  }
  return undefined;
}

const HIGH = 0xd800;
const LOW = 0xdc00;
const LOW_END = 0xdfff;

/** The value as JSON text. Refuses what is nested so deeply that writing it down overflows. */
export function asJson(value: unknown, where: string): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return refuse(`${where}: is nested too deeply to be read`);
  }
}

/** Names what came, for an error: `a list`, `a number`, `nothing`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

// Safe to narrow: faultIn has walked the whole value and found nothing but JSON.
function isFaultless(_value: unknown, fault: string | undefined): _value is Json {
  return fault === undefined;
}

/** The first fault inside a value as `.path: what is wrong`, or undefined. */
function faultIn(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return prefixed(faultOfText(value));
    case 'number':
      return prefixed(faultOfNumber(value));
    case 'boolean':
      return undefined;
    case 'object':
      if (value === null) return undefined;
      if (depth > MAX_DEPTH) return `: is nested more than ${MAX_DEPTH} levels deep`;
      return Array.isArray(value) ? faultInList(value, depth) : faultInFields(Object.entries(value), depth);
    default:
      return `: got a ${typeof value}, expected JSON`;
  }
}

function faultInList(list: readonly unknown[], depth: number): string | undefined {
  for (const [index, entry] of list.entries()) {
    const fault = faultIn(entry, depth + 1);
    if (fault !== undefined) return `[${index}]${fault}`;
  }
  return undefined;
}

function faultInFields(entries: readonly (readonly [string, unknown])[], depth: number): string | undefined {
  for (const [key, entry] of entries) {
    const fault = faultOfKey(key) ?? faultIn(entry, depth + 1);
    if (fault !== undefined) return `${step(key)}${fault}`;
  }
  return undefined;
}

function faultOfKey(key: string): string | undefined {
  return RESERVED.has(key) ? ': is a reserved name' : prefixed(faultOfText(key));
}

function faultOfNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is too large a number';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return 'is a whole number beyond 2^53, which has lost digits; send it as text';
  }
  return undefined;
}

const prefixed = (fault: string | undefined) => (fault === undefined ? undefined : `: ${fault}`);

// A key may itself be what is wrong, or very long: it is shown made harmless.
const step = (key: string) => `.${storable(key.slice(0, 60))}`;

/** The text with everything that no database keeps replaced. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}
