import { hash } from 'node:crypto';
import { type Membership, REMOVAL } from '../engine/binding.ts';
import type { AccountId, Event, PersonId } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { fromJson, instant, toInstant } from './rows.ts';

/** An event as stored: with who and where the source said, beside whom and where we resolved. */
export type StoredEvent = Event & {
  readonly reportedPerson?: string;
  readonly ownAccountId?: AccountId;
  readonly trust: 'server' | 'user' | 'public';
  readonly flags: readonly string[];
};

/** Ids that were never seen before, and whether anybody was ever erased: nearly nobody has to look who. */
export type ClaimedIds = { readonly fresh: ReadonlySet<string>; readonly anyErased: boolean };

/**
 * Claims event ids, each by 128 bits of its hash: returns those never seen before. The others are few, so those are what
 * the database answers. Ids go in hash order, so that two batches with the same ids wait for each other, no deadlock.
 */
export async function claimEventIds(tx: Sql, ids: readonly string[]): Promise<ClaimedIds> {
  if (ids.length === 0) return { fresh: new Set(), anyErased: false };
  const idOf = new Map(ids.map((id) => [hash('sha256', id, 'hex').slice(0, 32), id]));
  const { rows } = await tx.query<{ hash: string | null }>({
    name: 'claim-event-ids',
    text: `with given as (select value::uuid as hash from json_array_elements_text($1::json)),
                claimed as (insert into event_id (hash) select hash from given on conflict do nothing returning hash)
           select replace(hash::text, '-', '') as hash from given where hash not in (select hash from claimed)
           union all select null where exists (select 1 from erasure)`,
    values: [JSON.stringify([...idOf.keys()].sort())],
  });
  for (const { hash } of rows) if (hash !== null) idOf.delete(hash);
  return { fresh: new Set(idOf.values()), anyErased: rows.at(-1)?.hash === null };
}

/** Stores events; ids must have been claimed in this transaction. All share one batch number, for replays. */
export async function insertEvents(tx: Sql, events: readonly StoredEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query({
    name: 'insert-events',
    text: `with names as (
             insert into seen_name select value from json_array_elements_text($2::json) on conflict do nothing)
           insert into event (account_id, occurred_at, id, person_id, reported_person, own_account_id, source, name,
                              received_at, batch, imported, trust, flags, properties)
           select coalesce(a, ''), ${instant('o')}, i, p, coalesce(r, p), case when w then a else x end, s, n,
                  ${instant('coalesce(v, o)')}, b.batch, coalesce(m, false), coalesce(t, 'server'), f, j::text
           from json_to_recordset($1::json) as e(a text, o float8, i text, p text, r text, w boolean, x text, s text,
                                                 n text, v float8, m boolean, t text, f text, j json),
                (select nextval('event_batch_seq') as batch) as b`,
    values: [JSON.stringify(events.map(toRecord)), JSON.stringify(namesOf(events))],
  });
}

/** Sorted, so that two batches with the same new names wait for each other instead of deadlocking. */
function namesOf(events: readonly StoredEvent[]): string[] {
  const names = new Set<string>();
  for (const event of events) {
    if (event.trust === 'public') continue;
    names.add(event.name);
    if (event.name === 'Account Updated')
      for (const trait of Object.keys(event.properties)) names.add(TRAIT + trait);
  }
  return [...names].sort();
}

const TRAIT = 'trait:';

/** The events and account traits that have ever come. */
export async function readSeenNames(
  tx: Sql,
): Promise<{ events: ReadonlySet<string>; traits: ReadonlySet<string> }> {
  const { rows } = await tx.query<{ name: string }>('select name from seen_name limit 100000');
  const [traits, events] = [true, false].map((isTrait) =>
    rows.filter(({ name }) => name.startsWith(TRAIT) === isTrait),
  );
  return {
    events: new Set(events?.map(({ name }) => name)),
    traits: new Set(traits?.map(({ name }) => name.slice(TRAIT.length))),
  };
}

// What most events have in common is left out: to read it costs the database more than to put it in.
function toRecord(event: StoredEvent) {
  const { accountId, ownAccountId, personId, reportedPerson, occurredAt, receivedAt, trust, flags } = event;
  const isOwn = ownAccountId !== undefined && ownAccountId === accountId;
  return {
    a: accountId,
    o: occurredAt,
    i: event.id,
    p: personId,
    r: reportedPerson === personId ? undefined : reportedPerson,
    w: isOwn ? true : undefined,
    x: isOwn ? undefined : ownAccountId,
    s: event.source,
    n: event.name,
    v: receivedAt === occurredAt ? undefined : receivedAt,
    m: event.imported ? true : undefined,
    t: trust === 'server' ? undefined : trust,
    f: flags.length > 0 ? flags.join(' ') : undefined,
    // As JSON inside JSON, which it stays as it is: a text would be escaped here and unescaped there.
    j: event.properties,
  };
}

/** What an event is read from. */
export type EventRow = {
  account_id: string;
  occurred_at: Date;
  id: string;
  person_id: string | null;
  source: string;
  name: string;
  received_at: Date;
  imported: boolean;
  properties: string;
};

/** The folded events of an account in their order, in pages so that a long history never sits in memory whole. */
export async function* readEventsOfAccount(
  tx: Sql,
  accountId: AccountId,
  pageSize = 2000,
): AsyncGenerator<Event> {
  let after: readonly [Date, string] = [BEFORE_ALL, ''];
  for (;;) {
    const { rows } = await tx.query<EventRow>({
      name: 'events-of-account',
      text: `select account_id, occurred_at, id, person_id, source, name, received_at, imported, properties
             from event where account_id = $1 and (occurred_at, id) > ($2::timestamptz, $3) and trust <> 'public'
             order by occurred_at, id limit $4`,
      values: [accountId, after[0], after[1], pageSize],
    });
    for (const row of rows) yield toEvent(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = [last.occurred_at, last.id];
  }
}

const BEFORE_ALL = new Date('1900-01-01T00:00:00Z');

export function toEvent(row: EventRow): Event {
  return {
    id: row.id,
    source: row.source,
    name: row.name,
    occurredAt: toInstant(row.occurred_at),
    receivedAt: toInstant(row.received_at),
    ...(row.account_id === '' ? {} : { accountId: row.account_id }),
    ...(row.person_id === null ? {} : { personId: row.person_id }),
    ...(row.imported ? { imported: true } : {}),
    properties: fromJson<Event['properties']>(row.properties),
  };
}

/** How many events an account has, counted up to `limit`. */
export async function countEventsOfAccount(tx: Sql, accountId: AccountId, limit: number): Promise<number> {
  const { rows } = await tx.query<{ n: string }>(
    'select count(*) as n from (select 1 from event where account_id = $1 limit $2) as e',
    [accountId, limit],
  );
  return Number(rows[0]?.n ?? 0);
}

/**
 * What decides a person's memberships: each event with its own group, and each removal, those that are only now being
 * stored among them. Of a run of events with one group the first is enough. What we say ourselves about a person makes
 * no membership.
 */
export async function readMemberships(tx: Sql, personId: PersonId, news: readonly Membership[]) {
  const { rows } = await tx.query<{ occurred_at: Date; id: string; own_account_id: string; name: string }>({
    name: 'memberships',
    text: `select occurred_at, id, own_account_id, name from (
             select occurred_at, id, own_account_id, name,
                    lag(own_account_id) over w as before, lag(name) over w as name_before
             from (
               select occurred_at, id, own_account_id, name from event
               where person_id = $1 and own_account_id is not null and trust <> 'public' and source <> 'goodturn'
               union all select occurred_at, id, account_id, case when ends then $2 else '' end
               from past_membership where person_id = $1
               union all select ${instant('o')}, i, a, case when e then $2 else '' end
               from json_to_recordset($3::json) as n(o float8, i text, a text, e boolean)) as all_of_them
             window w as (order by occurred_at, id)) as e
           where before is distinct from own_account_id or name = $2 or name_before = $2
           order by occurred_at, id`,
    values: [
      personId,
      REMOVAL,
      JSON.stringify(news.map(({ occurredAt: o, id: i, accountId: a, ends: e }) => ({ o, i, a, e }))),
    ],
  });
  return rows.map((row) => ({
    occurredAt: toInstant(row.occurred_at),
    id: row.id,
    accountId: row.own_account_id,
    ends: row.name === REMOVAL,
  }));
}

/** A person's events without a group of their own, from an instant on: those whose account a new membership may change. */
export async function readUngrouped(tx: Sql, personId: PersonId, from: Date) {
  const { rows } = await tx.query<{ account_id: string; occurred_at: Date; id: string }>({
    name: 'ungrouped',
    text: `select account_id, occurred_at, id from event
           where person_id = $1 and own_account_id is null and trust <> 'public' and occurred_at >= $2`,
    values: [personId, from],
  });
  return rows.map((row) => ({
    accountId: row.account_id,
    occurredAt: toInstant(row.occurred_at),
    id: row.id,
  }));
}

/** Moves one event to the account it now belongs to ('' for none). */
export async function rebindEvents(
  tx: Sql,
  moves: readonly { from: string; to: string; occurredAt: number; id: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(
    `update event as e set account_id = m.t
     from json_to_recordset($1::json) as m(f text, t text, o float8, i text)
     where e.account_id = m.f and e.occurred_at = ${instant('m.o')} and e.id = m.i`,
    [JSON.stringify(moves.map((move) => ({ f: move.from, t: move.to, o: move.occurredAt, i: move.id })))],
  );
}

/**
 * Gives the events of aliases to the people they turned out to be; returns the accounts they were folded into.
 * `before`: whom an alias was taken for until now, besides itself.
 */
export async function reassignEvents(
  tx: Sql,
  merges: readonly { readonly alias: string; readonly personId: PersonId; readonly before?: PersonId }[],
): Promise<AccountId[]> {
  if (merges.length === 0) return [];
  const moves = merges.flatMap(({ alias: a, personId: p, before }) =>
    [a, before ?? a].filter((b, index, all) => b !== p && all.indexOf(b) === index).map((b) => ({ a, b, p })),
  );
  const { rows } = await tx.query<{ account_id: string }>(
    `update event as e set person_id = m.p from json_to_recordset($1::json) as m(a text, b text, p text)
     where e.person_id = m.b and e.reported_person = m.a returning e.account_id`,
    [JSON.stringify(moves)],
  );
  return [...new Set(rows.map((row) => row.account_id))];
}
