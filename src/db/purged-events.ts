import { REMOVAL } from '../engine/binding.ts';
import type { AccountId, Event, PersonId } from '../engine/event.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { type EventRow, toEvent } from './events.ts';
import { fromJson, instant } from './rows.ts';

/** What the purged events of an account folded to, and the mark of each signal as it was then. */
export type AccountSnapshot = {
  readonly state: AccountState;
  readonly signals: Readonly<Record<string, string>>;
};

/** What is kept of an account's purged events; undefined where none was purged. */
export async function readSnapshot(tx: Sql, accountId: AccountId): Promise<AccountSnapshot | undefined> {
  const { rows } = await tx.query<{ state: string; signals: string }>({
    name: 'read-snapshot',
    text: 'select state, signals from account_snapshot where account_id = $1',
    values: [accountId],
  });
  const row = rows[0];
  return (
    row && {
      state: fromJson<AccountState>(row.state),
      signals: fromJson<Readonly<Record<string, string>>>(row.signals),
    }
  );
}

/** Puts a snapshot in the place of the one before; `events`: how many more it stands for. */
export async function writeSnapshot(
  tx: Sql,
  accountId: AccountId,
  { state, signals }: AccountSnapshot,
  events: number,
  now: Instant,
): Promise<void> {
  await tx.query(
    `insert into account_snapshot as s (account_id, state, signals, events, purged_at) values ($1, $2, $3, $4, $5)
     on conflict (account_id) do update set state = excluded.state, signals = excluded.signals,
       events = s.events + excluded.events, purged_at = excluded.purged_at`,
    [accountId, JSON.stringify(state), JSON.stringify(signals), events, new Date(now)],
  );
}

/** Puts another state in the place of a snapshot's, of the same events and signals. */
export async function rewriteSnapshot(tx: Sql, accountId: AccountId, state: AccountState): Promise<void> {
  await tx.query('update account_snapshot set state = $2 where account_id = $1', [
    accountId,
    JSON.stringify(state),
  ]);
}

/** Deletes where people were and under which aliases, as far as purged events said so. */
export async function deletePastOf(tx: Sql, people: readonly PersonId[]): Promise<void> {
  await tx.query('delete from past_membership where person_id = any($1) or reported_person = any($1)', [
    people,
  ]);
  await tx.query('delete from past_alias where alias = any($1)', [people]);
}

/** A page of accounts in the order of their ids, and which of them have events that came in before an instant. */
export async function findAccountsWithOldEvents(
  tx: Sql,
  after: AccountId,
  before: Instant,
  pageSize: number,
): Promise<{ readonly last: AccountId | undefined; readonly withOld: readonly AccountId[] }> {
  const { rows } = await tx.query<{ id: string; old: boolean }>({
    name: 'accounts-with-old-events',
    text: `select id, exists (select 1 from event as e
                              where e.account_id = a.id and e.occurred_at < $2 and e.received_at < $2) as old
           from (select id from account where id > $1 order by id limit $3) as a order by id`,
    values: [after, new Date(before), pageSize],
  });
  return {
    last: rows.length < pageSize ? undefined : rows.at(-1)?.id,
    withOld: rows.filter(({ old }) => old).map(({ id }) => id),
  };
}

export type OldEvent = { readonly occurredAt: Instant; readonly id: string; readonly personId?: PersonId };

/** The oldest events of an account among those that came in before an instant. */
export async function findOldEvents(
  tx: Sql,
  accountId: AccountId,
  before: Instant,
  limit: number,
): Promise<OldEvent[]> {
  const { rows } = await tx.query<{ occurred_at: Date; id: string; person_id: string | null }>({
    name: 'old-events',
    text: `select occurred_at, id, person_id from event
           where account_id = $1 and occurred_at < $2 and received_at < $2 order by occurred_at, id limit $3`,
    values: [accountId, new Date(before), limit],
  });
  return rows.map(({ occurred_at: at, id, person_id: personId }) => ({
    occurredAt: at.getTime(),
    id,
    ...(personId === null ? {} : { personId }),
  }));
}

/** An event that is gone, with what has to be kept of it. */
export type PurgedEvent = Event & {
  readonly reportedPerson: string | null;
  readonly ownAccountId: AccountId | null;
};

/** Deletes events of an account and returns those that were still there. Their ids stay claimed. */
export async function deleteEvents(
  tx: Sql,
  accountId: AccountId,
  events: readonly OldEvent[],
): Promise<PurgedEvent[]> {
  const { rows } = await tx.query<
    EventRow & { reported_person: string | null; own_account_id: string | null }
  >(
    `delete from event as e using json_to_recordset($2::json) as k(o float8, i text)
     where e.account_id = $1 and e.occurred_at = ${instant('k.o')} and e.id = k.i
     returning e.account_id, e.occurred_at, e.id, e.person_id, e.source, e.name, e.received_at, e.imported, e.properties,
               e.reported_person, e.own_account_id`,
    [accountId, JSON.stringify(events.map(({ occurredAt: o, id: i }) => ({ o, i })))],
  );
  return rows.map((row) => ({
    ...toEvent(row),
    reportedPerson: row.reported_person,
    ownAccountId: row.own_account_id,
  }));
}

/** Deletes the oldest events that belong to no account; returns how many. */
export async function deleteUnboundEvents(tx: Sql, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from event where (account_id, occurred_at, id) in (
       select account_id, occurred_at, id from event
       where account_id = '' and occurred_at < $1 and received_at < $1 order by occurred_at, id limit $2)`,
    [new Date(before), limit],
  );
  return rowCount ?? 0;
}

/** Keeps who was in which account by events that are purged. */
export async function insertPastMemberships(tx: Sql, events: readonly PurgedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `insert into past_membership (person_id, occurred_at, id, reported_person, account_id, ends)
     select p, ${instant('o')}, i, r, a, e
     from json_to_recordset($1::json) as m(p text, o float8, i text, r text, a text, e boolean)
     on conflict do nothing`,
    [
      JSON.stringify(
        events.map(({ personId: p, occurredAt: o, id: i, reportedPerson: r, ownAccountId: a, name }) => ({
          p,
          o,
          i,
          r,
          a,
          e: name === REMOVAL,
        })),
      ),
    ],
  );
}

/** Keeps by which aliases the purged events of an account were reported. */
export async function insertPastAliases(
  tx: Sql,
  accountId: AccountId,
  aliases: readonly string[],
): Promise<void> {
  if (aliases.length === 0) return;
  await tx.query(
    `insert into past_alias (alias, account_id) select value, $2 from json_array_elements_text($1::json)
     on conflict do nothing`,
    [JSON.stringify(aliases), accountId],
  );
}

/**
 * Gives what is kept of aliases to the people they turned out to be; returns the accounts whose snapshots know them.
 * `before`: whom an alias was taken for until now, besides itself.
 */
export async function reassignPurged(
  tx: Sql,
  merges: readonly { readonly alias: string; readonly personId: PersonId; readonly before?: PersonId }[],
): Promise<AccountId[]> {
  if (merges.length === 0) return [];
  const { rows } = await tx.query<{ account_id: string }>({
    name: 'reassign-purged',
    text: `with m as (select a, b, p from json_to_recordset($1::json) as m(a text, b text, p text)),
                moved as (update past_membership as k set person_id = m.p from m
                          where k.person_id in (m.a, m.b) and k.reported_person = m.a)
           select distinct account_id from past_alias join m on m.a = past_alias.alias`,
    values: [JSON.stringify(merges.map(({ alias: a, personId: p, before: b }) => ({ a, b: b ?? a, p })))],
  });
  return rows.map((row) => row.account_id);
}
