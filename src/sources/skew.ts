import { type Instant, MINUTE } from '../engine/time.ts';
import { readInstant } from './instant.ts';
import { refuse } from './message-fault.ts';
import { shown } from './rejection.ts';

/** A client whose clock is this far ahead is worth telling the operator about. */
const FUTURE = 5 * MINUTE;

export type Arrival = {
  readonly receivedAt: Instant;
  /** When the client sent the request, by the client's clock; absent or unreadable: no correction. */
  readonly sentAt?: unknown;
  /** History, or a time the sender's server has corrected already: it is kept as it is. */
  readonly settled: boolean;
};

export type Moment = { readonly occurredAt: Instant; readonly flags: readonly string[] };

/**
 * When an event happened by our clock: `receivedAt − (sentAt − timestamp)`, the rule of Segment and of PostHog.
 * Never later than `receivedAt` and never before 1970. Refuses a date outside 1970–9999, and an unreadable one
 * in history, which would otherwise seem to have happened now.
 */
export function momentOf(timestamp: unknown, { receivedAt, sentAt, settled }: Arrival): Moment {
  if (timestamp === undefined || timestamp === null || timestamp === '') {
    return { occurredAt: receivedAt, flags: ['no_timestamp'] };
  }
  const said = readInstant(timestamp);
  if (said === undefined) {
    if (settled) refuse(`timestamp: got ${shown(timestamp)}, expected a date like 2026-03-01T10:00:00Z`);
    return { occurredAt: receivedAt, flags: ['bad_timestamp'] };
  }
  if (!Number.isFinite(said)) refuse(`timestamp: got ${shown(timestamp)}, expected a date from 1970 to 9999`);
  const sent = settled ? undefined : readInstant(sentAt);
  const at = sent === undefined || !Number.isFinite(sent) ? said : receivedAt - (sent - said);
  if (at <= receivedAt) return { occurredAt: Math.max(0, at), flags: [] };
  return { occurredAt: receivedAt, flags: at - receivedAt > FUTURE ? ['future_clock'] : [] };
}
