import type { Sql } from '../db/client.ts';
import { readMemberships, readUngrouped, rebindEvents, type StoredEvent } from '../db/events.ts';
import { type KnownPeople, lockPeople, type PersonRow, readKnownPeople } from '../db/people.ts';
import { type Bindings, bind, compressMemberships, type Membership } from '../engine/binding.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { own } from '../engine/record.ts';
import { DAY } from '../engine/time.ts';
import { normaliseAddress } from '../keys.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { extendHold } from './extend-hold.ts';
import type { Met } from './meet-people.ts';
import { changesBindings, membershipsOf } from './memberships.ts';
import { isPending, type Merge, type PersonOf, reportedPerson, resolveAliases } from './resolve-aliases.ts';
import { mergeTraits, stamped } from './stamped-traits.ts';

/** An event without a group belongs to a membership that begins up to this long after it. */
const FORWARD = 90 * DAY;

export type Resolved = {
  /** The events with person and account as we know them now. */
  readonly events: readonly StoredEvent[];
  /** What changed hands among the events stored before. */
  readonly moved: Moved;
  /** Those the events name, as they are now but for their holds. */
  readonly people: ReadonlyMap<PersonId, PersonRow>;
  /** Those of them who are to be written. */
  readonly changed: readonly PersonRow[];
  /** Those of whom updates say only what was known. */
  readonly unchanged: ReadonlySet<PersonId>;
};

export type Moved = {
  /** Accounts that gained or lost stored events: they are folded anew. */
  readonly accounts: Set<AccountId>;
  /** Events that found their account only now: they may still open a trigger there. */
  readonly events: Set<string>;
};

/**
 * Finds out who did each event and at which account. Merges pending people whom an event ties to a user, gathers
 * traits and memberships, and moves stored events whose account a late membership changes.
 */
export async function resolvePeople(
  known: KnownPeople,
  tx: Sql,
  reported: readonly ReportedEvent[],
  met: Met,
): Promise<Resolved> {
  const moved: Moved = { accounts: new Set(), events: new Set() };
  const trusted = reported.filter(({ trust }) => trust !== 'public');
  const { personOf, merges, touched } = await resolveAliases(tx, trusted, met.ties);
  for (const account of touched) moved.accounts.add(account);
  const news = gatherNews(trusted, personOf);
  const { people, changed, unchanged } = await updatePeople(known, tx, news, { merges, met }, moved);
  const events = reported.map((event) => toStored(event, personOf, people));
  return { events, moved, people, changed, unchanged };
}

/** What a batch says of one person. */
type News = {
  readonly pending: boolean;
  readonly traits: ReportedEvent[];
  readonly memberships: Membership[];
};

function gatherNews(events: readonly ReportedEvent[], personOf: PersonOf): Map<PersonId, News> {
  const news = new Map<PersonId, News>();
  for (const event of events) {
    const id = personOf(event);
    if (id === undefined) continue;
    const entry = news.get(id) ?? { pending: isPending(id), traits: [], memberships: [] };
    news.set(id, entry);
    if (event.name === 'Person Updated') entry.traits.push(event);
    entry.memberships.push(...membershipsOf(event));
  }
  return news;
}

async function updatePeople(
  atHand: KnownPeople,
  tx: Sql,
  news: Map<PersonId, News>,
  { merges, met }: { readonly merges: readonly Merge[]; readonly met: Met },
  moved: Moved,
): Promise<Pick<Resolved, 'people' | 'changed' | 'unchanged'>> {
  const merging = new Set(
    merges.flatMap(({ personId, before }) => (before === undefined ? [personId] : [personId, before])),
  );
  for (const id of merging)
    if (!news.has(id)) news.set(id, { pending: isPending(id), traits: [], memberships: [] });
  const missed = [...news.keys(), ...merges.map(({ alias }) => alias)].filter((id) => !met.sought.has(id));
  const known = new Map([...met.people, ...(await readKnownPeople(atHand, tx, missed))]);
  const changing = [...news].filter(([id, entry]) => merging.has(id) || changesPerson(known.get(id), entry));
  // Nearly all of them are locked so already; what was guessed wrongly is put right here.
  const moving = changing.filter(
    ([id, entry]) => merging.has(id) || changesBindings(known.get(id), entry.memberships),
  );
  const [, locked] = await Promise.all([
    met.lock(moving.map(([id]) => ({ id, alone: true }))),
    lockPeople(
      tx,
      changing.map(([id, { pending }]) => ({ id, pending })),
    ),
  ]);
  const changed: PersonRow[] = [];
  const unchanged = new Set<PersonId>();
  for (const [id, entry] of changing) {
    const row = locked.get(id);
    if (row === undefined) continue;
    const absorbed = merges.flatMap((merge) => (merge.personId === id ? (known.get(merge.alias) ?? []) : []));
    const past = { absorbed, merging: merging.has(id), isNew: !known.has(id) };
    const next = await updatePerson(tx, row, entry, past, moved);
    changed.push(next);
    if (!past.merging && !past.isNew && saysTheSame(row, next)) unchanged.add(id);
    known.set(id, next);
  }
  return { people: known, changed, unchanged };
}

/**
 * Whether a person is as before but for when that was said, and of one account only: what was said of them elsewhere
 * their other accounts learn by the next update.
 */
function saysTheSame(before: PersonRow, after: PersonRow): boolean {
  const [home, ...others] = after.bindings;
  if (home?.active.length !== 1 || others.length > 0) return false;
  if (after.bindings !== before.bindings || after.email !== before.email) return false;
  const names = Object.keys(after.traits);
  return (
    names.length === Object.keys(before.traits).length &&
    names.every((name) => own(after.traits, name)?.[0] === own(before.traits, name)?.[0])
  );
}

/** Most events change nothing about their person: those are spared the lock and the write. */
function changesPerson(row: PersonRow | undefined, { traits, memberships }: News): boolean {
  return traits.length > 0 || changesBindings(row, memberships);
}

async function updatePerson(
  tx: Sql,
  row: PersonRow,
  news: News,
  { absorbed, merging, isNew }: { absorbed: readonly PersonRow[]; merging: boolean; isNew: boolean },
  moved: Moved,
): Promise<PersonRow> {
  const traits = mergeTraits([
    row.traits,
    ...absorbed.map((other) => other.traits),
    ...news.traits.map(stamped),
  ]);
  const address = traits['email']?.[0];
  const next = {
    ...row,
    traits,
    ...(typeof address === 'string' ? { email: normaliseAddress(address) } : {}),
  };
  for (const { hold } of absorbed) if (hold !== undefined) await extendHold(tx, 'person', row.id, hold);
  if (!merging && !changesBindings(row, news.memberships)) return next;
  // Of somebody new nothing is stored that could say more, or that could change hands.
  if (isNew && !merging) return { ...next, bindings: compressMemberships(news.memberships) };
  const bindings = compressMemberships(await readMemberships(tx, row.id, news.memberships));
  await rebind(tx, row.id, { before: row.bindings, bindings }, moved);
  return { ...next, bindings };
}

async function rebind(
  tx: Sql,
  personId: PersonId,
  { before, bindings }: { readonly before: Bindings; readonly bindings: Bindings },
  moved: Moved,
): Promise<void> {
  const first = Math.min(before[0]?.at ?? Number.POSITIVE_INFINITY, bindings[0]?.at ?? 0);
  const events = await readUngrouped(tx, personId, new Date(Math.max(0, first - FORWARD)));
  const moves = events.flatMap(({ accountId: from, occurredAt, id }) => {
    const to = bind(bindings, occurredAt) ?? '';
    return to === from ? [] : [{ from, to, occurredAt, id }];
  });
  await rebindEvents(tx, moves);
  for (const { from, to, id } of moves) {
    for (const account of [from, to]) if (account !== '') moved.accounts.add(account);
    if (to !== '') moved.events.add(id);
  }
}

function toStored(
  event: ReportedEvent,
  personOf: PersonOf,
  people: ReadonlyMap<PersonId, Pick<PersonRow, 'bindings'>>,
): StoredEvent {
  const person = event.trust === 'public' ? undefined : personOf(event);
  const bindings = person === undefined ? undefined : people.get(person)?.bindings;
  const account =
    event.trust === 'public'
      ? undefined
      : (event.ownAccountId ?? (bindings && bind(bindings, event.occurredAt)));
  const who = reportedPerson(event);
  const { id, source, name, occurredAt, receivedAt, properties, imported, trust, flags, ownAccountId } =
    event;
  // Set one by one: spreading costs several times as much, for every event.
  const stored: Mutable<StoredEvent> = {
    id,
    source,
    name,
    occurredAt,
    receivedAt,
    properties,
    imported,
    trust,
    flags,
  };
  if (account !== undefined) stored.accountId = account;
  if (person !== undefined) stored.personId = person;
  if (who !== undefined) stored.reportedPerson = who;
  if (ownAccountId !== undefined) stored.ownAccountId = ownAccountId;
  return stored;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
