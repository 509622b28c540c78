import type { Event } from './event.ts';
import { isAfter, markOf } from './mark.ts';
import { countOf, NO_EVIDENCE, type Reading } from './reading.ts';
import { own, put } from './record.ts';
import type { AccountState } from './state.ts';
import type { Duration, Instant } from './time.ts';

/** Remembers a match: the instants of the latest `times` are kept, ascending. */
export function foldFrequency(
  state: AccountState,
  signal: string,
  times: number,
  said: readonly string[],
  event: Event,
): void {
  const known = own(state.frequencies, signal);
  if (known === undefined) {
    put(state.frequencies, signal, { times: [event.occurredAt], latest: markOf(event, said) });
    return;
  }
  if (isAfter(event, known.latest)) known.latest = markOf(event, said);
  insert(known.times, event.occurredAt, times);
}

/** Evidence while at least `times` matches lie in `(at − within, at]`; dates from the latest. */
export function readFrequency(
  state: AccountState,
  signal: string,
  times: number,
  within: Duration,
  at: Instant,
): Reading {
  const known = own(state.frequencies, signal);
  const needed = known?.times[known.times.length - times];
  if (known === undefined || needed === undefined || needed <= at - within) return NO_EVIDENCE;
  // No more than `times` are kept, so a sentence that says "10 times" means at least ten.
  return { strength: 1, datedAt: known.latest.at, facts: countOf(known.latest, times) };
}

/** The instant at which the window loses the match it cannot do without. */
export function frequencyEndsAt(
  state: AccountState,
  signal: string,
  times: number,
  within: Duration,
): Instant | undefined {
  const known = own(state.frequencies, signal);
  const needed = known?.times[known.times.length - times];
  return needed === undefined ? undefined : needed + within;
}

function insert(instants: Instant[], instant: Instant, limit: number): void {
  let place = instants.length;
  for (
    let before = instants[place - 1];
    before !== undefined && before > instant;
    before = instants[place - 1]
  ) {
    place -= 1;
  }
  if (place === instants.length) instants.push(instant);
  else instants.splice(place, 0, instant);
  if (instants.length > limit) instants.shift();
}
