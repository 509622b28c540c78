import type { Event } from './event.ts';
import { isAfter, markOf } from './mark.ts';
import { countOf, NO_EVIDENCE, type Reading } from './reading.ts';
import { own, put } from './record.ts';
import type { AccountState, Matched } from './state.ts';

/** Remembers a match of a `happened` or `silent` signal. */
export function foldMatched(
  state: AccountState,
  signal: string,
  said: readonly string[],
  event: Event,
): void {
  const known = memory(state, signal);
  known.count += 1;
  if (known.latest === undefined || isAfter(event, known.latest)) known.latest = markOf(event, said);
}

/** Remembers the latest event that ends a `happened` signal. */
export function foldUntil(state: AccountState, signal: string, event: Event): void {
  const known = memory(state, signal);
  if (known.until === undefined || event.occurredAt > known.until) known.until = event.occurredAt;
}

/** Evidence since the latest match, unless an ending event came at that instant or after it. */
export function readHappened(state: AccountState, signal: string): Reading {
  const known = own(state.matched, signal);
  if (known?.latest === undefined) return NO_EVIDENCE;
  if (known.until !== undefined && known.until >= known.latest.at) return NO_EVIDENCE;
  return { strength: 1, datedAt: known.latest.at, facts: countOf(known.latest, known.count) };
}

function memory(state: AccountState, signal: string): Matched {
  const known = own(state.matched, signal);
  if (known !== undefined) return known;
  const fresh: Matched = { count: 0 };
  put(state.matched, signal, fresh);
  return fresh;
}
