import { bind, type Membership, REMOVAL } from '../binding.ts';
import { type AccountId, compareEvents, type Event, type PersonId } from '../event.ts';
import {
  forgetLoose,
  LOOK_AHEAD,
  learnTraits,
  noteBound,
  noteUnmovable,
  saysNothingNew,
  withMemberships,
} from './known-people.ts';
import { mergePeople } from './merge-people.ts';
import { changePerson } from './unsettle.ts';
import {
  type Account,
  accountOf,
  isPending,
  type Loose,
  type Person,
  personOf,
  type Reported,
  type World,
} from './world.ts';

/** What one step brings to an account. */
export type Arrival = {
  readonly account: Account;
  readonly events: Event[];
  /** Events changed hands: what the account knows is not only more than before. */
  isMoved: boolean;
  /** Something about the people who did the events changed. */
  isChanged: boolean;
  /** Events that went to another account. */
  readonly lost: Set<string>;
};
export type Arrivals = Map<AccountId, Arrival>;

/**
 * Finds out who did each event of a step and at which account, by the rules of live use: an anonymous id or an
 * address is a pending person until an event ties it to a user; each event with a group makes a membership; an
 * event without one belongs to the membership with the latest start by then, else to the earliest that starts
 * within 90 days. Until that comes it waits, and is folded when it has come.
 *
 * A late word on memberships may take events from one account to another. Where the replay does not keep the events
 * of both, it notes whose it would need (`world.missed`) and leaves them where they are. An alias that an earlier
 * event, come late, claims for somebody else keeps its past with whom it was tied to first.
 */
export function arrive(world: World, reported: readonly Reported[]): Arrivals {
  const arrivals: Arrivals = new Map();
  const trusted = reported.filter(({ trust }) => trust !== 'public');
  const news = new Map<Person, Membership[]>();
  for (const [person, memberships] of tieAliases(world, trusted, arrivals)) news.set(person, memberships);
  const changed = new Set<Person>();
  for (const event of trusted) learn(world, event, news, changed);
  for (const [person, memberships] of news) rebind(world, person, memberships, arrivals);
  for (const event of trusted) place(world, event, arrivals, changed);
  return arrivals;
}

function arrivalAt(world: World, arrivals: Arrivals, id: AccountId): Arrival {
  const known = arrivals.get(id);
  if (known !== undefined) return known;
  const arrival: Arrival = {
    account: accountOf(world, id),
    events: [],
    isMoved: false,
    isChanged: false,
    lost: new Set(),
  };
  arrivals.set(id, arrival);
  return arrival;
}

/** The person an event is by, as known now. */
export function whoIs(world: World, event: Reported): PersonId | undefined {
  if (event.userId !== undefined) return event.userId;
  const alias =
    event.anonymousId === undefined ? event.email && emailAlias(event.email) : `anon:${event.anonymousId}`;
  return alias === undefined ? undefined : (world.ties.get(alias)?.personId ?? alias);
}

// As keys.ts normalises an address, which the engine does not import.
const emailAlias = (address: string) => `email:${address.trim().toLowerCase()}`;

/** Of several claims to an alias the earliest counts. Returns whom that brought memberships. */
function tieAliases(
  world: World,
  events: readonly Reported[],
  arrivals: Arrivals,
): Map<Person, Membership[]> {
  const news = new Map<Person, Membership[]>();
  const changed = new Map<string, { readonly personId: PersonId; readonly stamp: Reported }>();
  for (const event of events) {
    if (event.userId === undefined) continue;
    for (const alias of claimsOf(event)) {
      const rival = changed.get(alias)?.stamp ?? world.ties.get(alias)?.stamp;
      if (rival === undefined || compareEvents(event, rival) < 0)
        changed.set(alias, { personId: event.userId, stamp: event });
    }
  }
  for (const [alias, { personId, stamp }] of changed) {
    const before = world.people.get(world.ties.get(alias)?.personId ?? '');
    if (before !== undefined) before.alias = undefined;
    world.ties.set(alias, { personId, stamp: { occurredAt: stamp.occurredAt, id: stamp.id } });
    const pending = world.people.get(alias);
    if (pending === undefined) continue;
    const person = personOf(world, personId);
    const memberships = mergePeople(world, pending, person);
    for (const account of pending.knownIn ?? []) arrivalAt(world, arrivals, account).isMoved = true;
    news.set(person, [...(news.get(person) ?? []), ...memberships]);
  }
  return news;
}

/** The aliases that an event says are its user. */
export function claimsOf(event: Reported): string[] {
  const claims = [...(event.ties ?? [])];
  if (event.anonymousId !== undefined) claims.push(`anon:${event.anonymousId}`);
  if (event.email?.includes('@')) claims.push(emailAlias(event.email));
  const trait =
    event.name === 'Person Updated' && event.trust === 'server' ? event.properties['email'] : undefined;
  if (typeof trait === 'string' && trait.includes('@')) claims.push(emailAlias(trait));
  return claims;
}

function learn(world: World, event: Reported, news: Map<Person, Membership[]>, changed: Set<Person>): void {
  const id = whoIs(world, event);
  if (id === undefined) return;
  const person = personOf(world, id);
  if (event.name === 'Person Updated' && learnTraits(person, event)) {
    changePerson(world, person);
    changed.add(person);
  }
  if (event.ownAccountId === undefined || event.source === 'goodturn') return;
  const membership = {
    occurredAt: event.occurredAt,
    id: event.id,
    accountId: event.ownAccountId,
    ends: event.name === REMOVAL,
  };
  if (!world.keep.people.has(id) && !news.has(person) && saysNothingNew(person, membership)) return;
  const known = news.get(person);
  if (known === undefined) news.set(person, [membership]);
  else known.push(membership);
}

function rebind(world: World, person: Person, memberships: readonly Membership[], arrivals: Arrivals): void {
  const bindings = withMemberships(world, person, memberships);
  const keeps = world.keep.people.has(person.id);
  if (!keeps) noteUnmovable(world, person, bindings);
  person.bindings = bindings;
  for (const loose of person.loose ?? []) move(world, person, loose, arrivals);
  if (!keeps) person.loose = person.loose?.filter(({ accountId }) => accountId === undefined);
}

function move(world: World, person: Person, loose: Loose, arrivals: Arrivals): void {
  const { event, accountId: from } = loose;
  const to = bind(person.bindings, event.occurredAt);
  if (to === from) return;
  if (from !== undefined) {
    if (!world.keep.accounts.has(from)) world.missed.accounts.add(from);
    const arrival = arrivalAt(world, arrivals, from);
    arrival.isMoved = true;
    arrival.lost.add(event.id);
  }
  loose.accountId = to;
  if (to === undefined) return;
  noteBound(person, to, event.occurredAt);
  const arrival = arrivalAt(world, arrivals, to);
  arrival.isMoved = true;
  arrival.events.push(toEvent(event, person.id, to));
}

/** Puts a new event where it belongs, or lets it wait. */
function place(world: World, event: Reported, arrivals: Arrivals, changed: ReadonlySet<Person>): void {
  const id = whoIs(world, event);
  const person = id === undefined ? undefined : personOf(world, id);
  const own = event.ownAccountId;
  const accountId = own ?? (person && bind(person.bindings, event.occurredAt));
  if (person !== undefined && own === undefined) keepLoose(world, person, { event, accountId });
  if (accountId === undefined) return;
  if (person !== undefined && isPending(person.id)) (person.knownIn ??= new Set()).add(accountId);
  const arrival = arrivalAt(world, arrivals, accountId);
  if (person !== undefined && changed.has(person)) arrival.isChanged = true;
  arrival.events.push(toEvent(event, id, accountId));
}

function keepLoose(world: World, person: Person, loose: Loose): void {
  if (loose.accountId !== undefined) noteBound(person, loose.accountId, loose.event.occurredAt);
  const keeps = world.keep.people.has(person.id);
  if (loose.accountId !== undefined && !keeps) return;
  (person.loose ??= []).push(loose);
  if (keeps) return;
  world.waiting.queue.push({ person, until: loose.event.occurredAt + LOOK_AHEAD });
  forgetWaiting(world);
}

/** Visitors who never come back must not pile up. */
function forgetWaiting({ waiting, now }: World): void {
  const { queue } = waiting;
  for (let one = queue[waiting.first]; one !== undefined && one.until < now; one = queue[waiting.first]) {
    forgetLoose(one.person, now);
    waiting.first += 1;
  }
  if (waiting.first > 1000 && waiting.first * 2 > queue.length)
    waiting.first -= queue.splice(0, waiting.first).length;
}

export function toEvent(reported: Reported, personId: PersonId | undefined, accountId: AccountId): Event {
  const { id, source, name, occurredAt, receivedAt, properties, imported } = reported;
  const event = { id, source, name, occurredAt, receivedAt, accountId, properties };
  if (imported) return personId === undefined ? { ...event, imported } : { ...event, imported, personId };
  return personId === undefined ? event : { ...event, personId };
}
