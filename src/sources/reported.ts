import type { AccountId, JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';

/**
 * A canonical event as a source reports it: who and which account are still the source's own words,
 * resolved to ours when it is remembered.
 */
export type ReportedEvent = {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
  /** Present parts tie to one person: an event with `userId` and `anonymousId` merges the two. */
  readonly userId?: string;
  readonly anonymousId?: string;
  /** Only from a tool that knows no id; an email trait of a known user is a property, not this. */
  readonly email?: string;
  /** The event's own group. */
  readonly ownAccountId?: AccountId;
  readonly properties: JsonObject;
  readonly imported: boolean;
  /** `server`: a write key. `user`: a verified user token. `public`: stored, never folded. */
  readonly trust: 'server' | 'user' | 'public';
  /** `future_clock`, `no_timestamp`, … : oddities worth telling the operator. */
  readonly flags: readonly string[];
};

/** One message that was not accepted; the rest of its batch was. */
export type Rejection = {
  readonly source: string;
  /** It stands for so many that were turned down for the same reason; absent: for itself. */
  readonly messages?: number;
  readonly messageId?: string;
  /** What came, what was expected, and where. */
  readonly reason: string;
  /** A short excerpt, at most 500 characters, without tokens. */
  readonly excerpt: string;
};

export type Intake = { readonly events: readonly ReportedEvent[]; readonly rejections: readonly Rejection[] };
