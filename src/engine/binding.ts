import { type AccountId, compareEvents, type Stamp } from './event.ts';
import { DAY, type Duration, type Instant } from './time.ts';

/** The event that takes a person out of an account. */
export const REMOVAL = 'Account Removed User';

/** An event that put a person into an account, or took them out of it. */
export type Membership = Stamp & { readonly accountId: AccountId; readonly ends: boolean };

/** Which accounts a person is in, from each instant at which that changes; ascending, empty for nobody's account. */
export type Bindings = readonly {
  readonly at: Instant;
  /** By the start of their latest membership, the latest last: an event without an account belongs to that one. */
  readonly active: readonly AccountId[];
  /** The account that the first membership of this instant began in, where it is not the last of `active`. */
  readonly opens?: AccountId;
}[];

/** An event may come this long before the group call that says whose it is. */
const LOOK_AHEAD: Duration = 90 * DAY;

/**
 * Puts a person's memberships, in any order, into the form that `bind` reads. An end closes what began in that
 * account at or before it; a later start, also at the same instant with a higher id, begins anew.
 */
export function compressMemberships(memberships: readonly Membership[]): Bindings {
  const points: { at: Instant; active: readonly AccountId[]; opens?: AccountId }[] = [];
  let before: readonly AccountId[] = [];
  for (const now of byInstant(memberships)) {
    const active = now.events.reduce(moved, before);
    const first = before.length === 0 ? now.events.find(({ ends }) => !ends)?.accountId : undefined;
    const opens = first === active.at(-1) ? undefined : first;
    if (opens !== undefined || !isSame(active, before)) {
      points.push(opens === undefined ? { at: now.at, active } : { at: now.at, active, opens });
    }
    before = active;
  }
  return points;
}

/**
 * The account that an event of `at` without one of its own belongs to: the membership with the latest start by then
 * that had not ended, else the earliest that starts within the next 90 days, else none yet.
 */
export function bind(bindings: Bindings, at: Instant): AccountId | undefined {
  const place = lastBy(bindings, at);
  const current = bindings[place]?.active.at(-1);
  if (current !== undefined) return current;
  const next = bindings[place + 1];
  if (next === undefined || next.at > at + LOOK_AHEAD) return undefined;
  return next.opens ?? next.active.at(-1);
}

/** The accounts that the person is in at an instant, the one joined last at the end. */
export function activeAt(bindings: Bindings, at: Instant): readonly AccountId[] {
  return bindings[lastBy(bindings, at)]?.active ?? [];
}

/** Whether the person was in an account and, by all that is known now, is there no more. */
export function hasLeft(bindings: Bindings, accountId: AccountId): boolean {
  if (bindings.at(-1)?.active.includes(accountId) === true) return false;
  return bindings.some(({ active }) => active.includes(accountId));
}

/**
 * Whether one more membership could bind any event otherwise. False for nearly all of them, since most events only
 * say again where their person already is; true may be a false alarm, and asks for all memberships to be read anew.
 */
export function mayRebind(bindings: Bindings, membership: Membership): boolean {
  if (turnsAt(bindings, membership.occurredAt)) return true;
  const point = bindings[lastBy(bindings, membership.occurredAt)];
  if (membership.ends) return point?.active.includes(membership.accountId) ?? false;
  return point?.active.at(-1) !== membership.accountId;
}

/**
 * Whether anything changed at an instant, by bindings that know all that was said of it. Where nothing did, none of its
 * memberships counts, also not an end whose account was joined again within the instant.
 */
export function turnsAt(bindings: Bindings, at: Instant): boolean {
  return bindings[lastBy(bindings, at)]?.at === at;
}

function moved(active: readonly AccountId[], { accountId, ends }: Membership): readonly AccountId[] {
  if (!ends && active.at(-1) === accountId) return active;
  const others = active.filter((other) => other !== accountId);
  return ends ? others : [...others, accountId];
}

function byInstant(memberships: readonly Membership[]): { at: Instant; events: Membership[] }[] {
  const groups: { at: Instant; events: Membership[] }[] = [];
  for (const membership of memberships.toSorted(compareEvents)) {
    const last = groups.at(-1);
    if (last?.at === membership.occurredAt) last.events.push(membership);
    else groups.push({ at: membership.occurredAt, events: [membership] });
  }
  return groups;
}

/** Index of the last point at or before `at`, -1 when there is none. */
function lastBy(bindings: Bindings, at: Instant): number {
  let low = -1;
  let high = bindings.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const point = bindings[middle];
    if (point !== undefined && point.at <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isSame(a: readonly AccountId[], b: readonly AccountId[]): boolean {
  return a.length === b.length && a.every((account, i) => account === b[i]);
}
