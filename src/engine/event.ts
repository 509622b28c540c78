import type { Instant } from './time.ts';

export type AccountId = string;
export type PersonId = string;

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Something that happened at a customer, in our one shape. */
export type Event = {
  /** `<source>:<the source's own unique id>`; a second event with this id changes nothing. */
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
  readonly accountId?: AccountId;
  readonly personId?: PersonId;
  readonly properties: JsonObject;
  /** History brought in from elsewhere: folded, but it opens no trigger. */
  readonly imported?: boolean;
};

/** Orders events everywhere: by `occurredAt`, then `id`. Negative when `a` comes first. */
export function compareEvents(a: Stamp, b: Stamp): number {
  return a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The part of an event that orders it. */
export type Stamp = Pick<Event, 'occurredAt' | 'id'>;
