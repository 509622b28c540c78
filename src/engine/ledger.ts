import type { AskRecord } from './account.ts';
import type { Rate } from './catalog.ts';
import type { PersonId } from './event.ts';
import { DAY, type Duration, type Instant } from './time.ts';

/** An impression that nobody reacted to counts against the caps for this long only. */
const IGNORED_NUDGE_COUNTS: Duration = 3 * DAY;

export type Standing = {
  readonly taken: number;
  /** No further place. */
  readonly full: boolean;
  /** When full: the first instant at which a place is free by time alone; absent where none will be. */
  readonly freeAt?: Instant;
};

/**
 * Until when `ask` takes a place in a sliding window (t − within, t], as seen at `at`; undefined when it
 * takes none. Infinity: until something happens to it.
 */
export function countsUntil(ask: AskRecord, within: Duration, at: Instant): Instant | undefined {
  const until = deliveredAt(ask) === undefined ? placeUntil(ask) : deliveredUntil(ask, within);
  return until !== undefined && until > at ? until : undefined;
}

/** When an ask reached its person, as far as the caps are concerned; undefined when it has not. */
export function deliveredAt(ask: AskRecord): Instant | undefined {
  switch (ask.status) {
    case 'held_out':
    case 'shadow':
      return undefined;
    // An impression already made counts, whatever became of the ask since.
    case 'scheduled':
    case 'open':
    case 'sending':
    case 'withdrawn':
    case 'expired':
    case 'failed':
      return ask.deliveredAt;
    case 'delivered':
    case 'accepted':
    case 'declined':
    case 'ignored':
    case 'unknown':
      return ask.deliveredAt ?? ask.settledAt ?? ask.declinedAt ?? ask.dueAt;
    default:
      return ask.status satisfies never;
  }
}

/** When a person said "please don't ask" to this ask. */
export function declinedAt(ask: AskRecord): Instant | undefined {
  return ask.declinedAt ?? (ask.status === 'declined' ? (ask.settledAt ?? deliveredAt(ask)) : undefined);
}

/** Whether nothing final has happened to the ask and nobody has seen it. */
export function isPending(ask: AskRecord): boolean {
  return ask.status === 'scheduled' || ask.status === 'sending' || ask.status === 'open';
}

/** How many of these asks take a place of `rate`, and when the next place is free. */
export function standing(asks: readonly AskRecord[], rate: Rate, at: Instant): Standing {
  let taken = 0;
  for (const ask of asks) if (countsUntil(ask, rate.within, at) !== undefined) taken += 1;
  if (taken < rate.count) return { taken, full: false };
  const ends: Instant[] = [];
  for (const ask of asks) {
    const end = countsUntil(ask, rate.within, at);
    if (end !== undefined) ends.push(end);
  }
  return full(taken, ends, rate.count);
}

/** The same for the number of different people asked, were `personId` asked as well. */
export function standingOfPeople(
  asks: readonly AskRecord[],
  rate: Rate,
  personId: PersonId | undefined,
  at: Instant,
): Standing {
  const ends = new Map<PersonId, Instant>();
  for (const ask of asks) {
    const until = countsUntil(ask, rate.within, at);
    if (until !== undefined) ends.set(ask.personId, Math.max(until, ends.get(ask.personId) ?? until));
  }
  const isNew = personId === undefined || !ends.has(personId);
  if (ends.size < rate.count || !isNew) return { taken: ends.size, full: false };
  return full(ends.size, [...ends.values()], rate.count);
}

/** When `again` lets a trigger ask this person anew; undefined when it does now, Infinity when time alone never will. */
export function askableAgainAt(
  ask: AskRecord,
  again: Duration | 'never',
  shadow: boolean,
  at: Instant,
): Instant | undefined {
  const from = countsFrom(ask, shadow);
  const delivered =
    from === undefined ? undefined : again === 'never' ? Number.POSITIVE_INFINITY : from + again;
  const until = delivered ?? (isPending(ask) ? pendingUntil(ask) : undefined);
  return until !== undefined && until > at ? until : undefined;
}

function countsFrom(ask: AskRecord, shadow: boolean): Instant | undefined {
  if (ask.status === 'held_out' || (shadow && ask.status === 'shadow')) return ask.decidedAt;
  return deliveredAt(ask);
}

// An open nudge takes no place: its impression does.
function placeUntil(ask: AskRecord): Instant | undefined {
  return isPending(ask) && ask.channel !== 'nudge' ? pendingUntil(ask) : undefined;
}

function pendingUntil(ask: AskRecord): Instant {
  return ask.status === 'sending' ? Number.POSITIVE_INFINITY : (ask.expiresAt ?? Number.POSITIVE_INFINITY);
}

function deliveredUntil(ask: AskRecord, within: Duration): Instant {
  const delivered = deliveredAt(ask) ?? 0;
  const end = delivered + within;
  if (ask.channel !== 'nudge') return end;
  const short = delivered + IGNORED_NUDGE_COUNTS;
  if (ask.status === 'ignored') return Math.min(end, short);
  // Unanswered until then it will be ignored, whether or not that has been written down yet.
  return ask.status === 'delivered' && ask.expiresAt !== undefined
    ? Math.min(end, Math.max(short, ask.expiresAt))
    : end;
}

/** A place is free once so many have left that fewer than `count` remain. */
function full(taken: number, ends: Instant[], count: number): Standing {
  const freeAt = ends.sort((a, b) => a - b)[taken - count];
  return freeAt === undefined || freeAt === Number.POSITIVE_INFINITY
    ? { taken, full: true }
    : { taken, full: true, freeAt };
}
