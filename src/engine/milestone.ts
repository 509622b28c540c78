import type { Event } from './event.ts';
import { isAfter, markOf } from './mark.ts';
import { countOf, NO_EVIDENCE, type Reading } from './reading.ts';
import { own, put } from './record.ts';
import type { AccountState } from './state.ts';

/** Remembers a match: the earliest `times` are kept, in order of occurrence. */
export function foldMilestone(
  state: AccountState,
  signal: string,
  times: number,
  said: readonly string[],
  event: Event,
): void {
  const known = own(state.milestones, signal);
  if (known === undefined) {
    put(state.milestones, signal, { count: 1, first: [markOf(event, said)] });
    return;
  }
  known.count += 1;
  const { first } = known;
  let place = first.length;
  for (
    let before = first[place - 1];
    before !== undefined && !isAfter(event, before);
    before = first[place - 1]
  ) {
    place -= 1;
  }
  if (place >= times) return;
  first.splice(place, 0, markOf(event, said));
  if (first.length > times) first.pop();
}

/** Evidence since the `times`-th match. */
export function readMilestone(state: AccountState, signal: string, times: number): Reading {
  const known = own(state.milestones, signal);
  const reached = known?.first[times - 1];
  if (known === undefined || reached === undefined) return NO_EVIDENCE;
  return { strength: 1, datedAt: reached.at, facts: countOf(reached, known.count) };
}
