import type { Channel, Scalar } from './catalog.ts';
import type { AccountId, JsonObject, PersonId, Stamp } from './event.ts';
import type { AccountState } from './state.ts';
import type { Duration, Instant } from './time.ts';

/** Everything that one evaluation looks at. Built from rows in live use, from memory in a replay. */
export type AccountView = {
  readonly id: AccountId;
  readonly state: AccountState;
  readonly agenda: Agenda;
  /** The asks of this account that are open, or were delivered or declined in the last year or `again`. */
  readonly asks: readonly AskRecord[];
  /** The people known here; whom an evaluation misses it names in `unknownPeople`. */
  readonly people: ReadonlyMap<PersonId, Person>;
  readonly hold?: Hold | undefined;
  /** Names of triggers stopped by hand, or '*' for all, each until an instant (Infinity: until resumed). */
  readonly pauses: readonly { readonly trigger: string; readonly until: Instant }[];
  readonly workspace: Workspace;
};

export type Workspace = {
  readonly teamDomains: readonly string[];
  /** In rehearsal the team may be asked like customers, so that it sees what they would see. */
  readonly asksTeam?: boolean;
  readonly defaultOwnerEmail?: string;
};

export type Person = {
  readonly id: PersonId;
  readonly traits: Readonly<Record<string, Scalar>>;
  /** `asks`: no more asks; `all`: nothing at all. */
  readonly suppressed?: 'asks' | 'all';
  readonly hold?: Hold | undefined;
  /** Their asks in any account, of the same reach as AccountView.asks. */
  readonly asks: readonly AskRecord[];
};

/** "Not before then", said by a person. */
export type Hold = { readonly until: Instant; readonly reason: string; readonly by: string };

/**
 * What evaluations of an account remember. Unlike the state it depends on when events arrived,
 * so it is no part of the fold.
 */
export type Agenda = {
  /** Events that opened triggers and have not asked yet, per trigger, oldest first, at most 20. */
  readonly openings: Readonly<Record<string, readonly Opening[]>>;
  /** Cycles so far of each trigger without `on`. */
  readonly cycles: Readonly<Record<string, number>>;
  /** Per trigger: the last stored verdict with its holding gates, so that only changes are stored. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** The account arrived by import and has not been looked at since. */
  readonly dormant?: boolean;
  /** Whom the last evaluation asked about, so that the next one has them at hand. */
  readonly wanted?: readonly PersonId[];
};

export type Opening = Stamp & {
  readonly name: string;
  readonly personId?: PersonId;
  readonly properties: JsonObject;
};

export const emptyAgenda: Agenda = { openings: {}, cycles: {}, verdicts: {} };

/** Before delivery: scheduled, open (an open draft or nudge), sending. Final: the rest but `delivered`. */
export type AskStatus =
  | 'scheduled'
  | 'open'
  | 'sending'
  | 'delivered'
  | 'accepted'
  | 'declined'
  | 'ignored'
  | 'withdrawn'
  | 'expired'
  | 'failed'
  | 'unknown'
  | 'held_out'
  | 'shadow';

/** An ask as the ledger sees it. */
export type AskRecord = {
  readonly id: string;
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly trigger: string;
  readonly kind: 'ask' | 'thanks';
  readonly channel: Channel;
  readonly cycle: string;
  readonly status: AskStatus;
  readonly decidedAt: Instant;
  readonly dueAt: Instant;
  readonly expiresAt?: Instant;
  readonly deliveredAt?: Instant;
  readonly settledAt?: Instant;
  readonly declinedAt?: Instant;
  /** The card's ✕. */
  readonly closedAt?: Instant;
  readonly snoozedUntil?: Instant;
  readonly ownerEmail?: string;
  /** The opening event's own properties and instants, for the second check. */
  readonly opening?: Opening;
  readonly readiness: number;
  readonly again?: Duration | 'never';
};
