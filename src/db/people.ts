import type { Hold } from '../engine/account.ts';
import type { Bindings } from '../engine/binding.ts';
import type { Scalar } from '../engine/catalog.ts';
import type { PersonId, Stamp } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { IS_NEWS, KNOWN, type Known, type Version, type Versioned, versionsOf } from './known.ts';
import { fromJson, instant, listed } from './rows.ts';

/** The latest value of each trait, with the stamp of the event that said so. */
export type StampedTraits = Readonly<Record<string, readonly [value: Scalar, at: number, id: string]>>;

export type PersonRow = Versioned & {
  readonly id: PersonId;
  readonly pending: boolean;
  readonly email?: string;
  readonly traits: StampedTraits;
  readonly bindings: Bindings;
  readonly hold?: Hold;
};

type Row = Version & {
  id: string;
  pending: boolean;
  email: string | null;
  traits: string;
  bindings: string;
  held_until: Date | null;
  hold_reason: string | null;
  hold_by: string | null;
};

const COLUMNS = 'id, xmin, ctid, pending, email, traits, bindings, held_until, hold_reason, hold_by';

export type KnownPeople = Known<PersonRow>;

/** People as they are now. Of those that this process knows, only what has changed is read again. */
export async function readKnownPeople(
  known: KnownPeople,
  tx: Sql,
  ids: readonly PersonId[],
): Promise<Map<PersonId, PersonRow>> {
  if (ids.length === 0) return new Map();
  const people = new Map<PersonId, PersonRow>();
  const asked = new Map(ids.map((id) => [id, known.get(id)]));
  for (const [id, row] of asked) if (row !== undefined) people.set(id, row);
  const { rows } = await tx.query<Row | { id: string; xmin: null }>({
    name: 'known-people',
    text: `select known.i as id, xmin, ctid, pending, email, traits, bindings, held_until, hold_reason, hold_by
           from ${KNOWN} left join lateral (select ${COLUMNS} from person where id = known.i offset 0) as found on true
           where ${IS_NEWS}`,
    values: [versionsOf(asked)],
  });
  for (const row of rows) {
    if (row.xmin === null) {
      known.take(row.id);
      people.delete(row.id);
      continue;
    }
    const person = toPerson(row);
    known.keep(person);
    people.set(row.id, person);
  }
  return people;
}

export async function readPeople(tx: Sql, ids: readonly PersonId[]): Promise<Map<PersonId, PersonRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<Row>({
    name: 'people',
    text: `select ${COLUMNS} from person where id = any($1)`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, toPerson(row)]));
}

/** Held shared by whoever locks single identities, and alone by whoever locks them all. */
const EVERY_IDENTITY = 7_101_301;

/** A user id or an alias; `alone`: nobody else may even look at it meanwhile. */
export type LockedIdentity = { readonly id: string; readonly alone: boolean };

/** Locks user ids and aliases, whether or not there is a row of them, until the transaction ends. */
export async function lockEachIdentity(tx: Sql, identities: readonly LockedIdentity[]): Promise<void> {
  if (identities.length === 0) return;
  await tx.query({
    name: 'lock-each-identity',
    text: `select count(case when hash is null then pg_advisory_xact_lock_shared(${EVERY_IDENTITY})
                             when alone then pg_advisory_xact_lock(hash) else pg_advisory_xact_lock_shared(hash) end)
           from (select null as hash, false as alone union all
                 select hashtextextended(i, 0) as hash, bool_or(a) from json_to_recordset($1::json) as k(i text, a boolean)
                 group by 1 order by hash nulls first offset 0) as ordered`,
    values: [JSON.stringify(identities.map(({ id: i, alone: a }) => ({ i, a })))],
  });
}

export async function lockEveryIdentity(tx: Sql): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(${EVERY_IDENTITY})`);
}

/** Makes the rows that are missing and locks all, in id order, until the transaction ends. */
export async function lockPeople(
  tx: Sql,
  people: readonly { id: PersonId; pending: boolean }[],
): Promise<Map<PersonId, PersonRow>> {
  if (people.length === 0) return new Map();
  const sorted = [...people].sort((a, b) => (a.id < b.id ? -1 : 1));
  const ids = sorted.map(({ id }) => id);
  const locked = await lockRows(tx, ids);
  if (locked.size === sorted.length) return locked;
  await tx.query({
    name: 'make-people',
    text: `insert into person (id, pending) select id, pending from json_to_recordset($1::json) as p(id text, pending boolean)
           on conflict do nothing`,
    values: [JSON.stringify(sorted)],
  });
  return lockRows(tx, ids);
}

async function lockRows(tx: Sql, ids: readonly PersonId[]): Promise<Map<PersonId, PersonRow>> {
  const { rows } = await tx.query<Row>({
    name: 'lock-people',
    text: `select ${COLUMNS} from person where id = any(${listed('$1')}) order by id for update`,
    values: [JSON.stringify(ids)],
  });
  return new Map(rows.map((row) => [row.id, toPerson(row)]));
}

export async function writePeople(known: KnownPeople, tx: Sql, people: readonly PersonRow[]): Promise<void> {
  if (people.length === 0) return;
  const { rows } = await tx.query<Version & { id: string }>({
    name: 'write-people',
    text: `update person as p set email = n.email, traits = n.traits, bindings = n.bindings
           from json_to_recordset($1::json) as n(id text, email text, traits text, bindings text)
           where p.id = n.id and p.id = any(${listed('$2')}) returning p.id, p.xmin, p.ctid`, // by index: see write-accounts.ts
    values: [
      JSON.stringify(
        people.map(({ id, email, traits, bindings }) => ({
          id,
          email,
          traits: JSON.stringify(traits),
          bindings: JSON.stringify(bindings),
        })),
      ),
      JSON.stringify(people.map(({ id }) => id)),
    ],
  });
  const written = new Map(people.map((person) => [person.id, person]));
  for (const { id, xmin, ctid } of rows) {
    const person = written.get(id);
    if (person !== undefined) known.keep({ ...person, version: { xmin, ctid } });
  }
}

/** People whose email trait is one of these addresses (lower case), the earliest made first. */
export async function findPeopleByEmail(tx: Sql, addresses: readonly string[]) {
  if (addresses.length === 0) return [];
  const { rows } = await tx.query<{ id: string; email: string }>({
    name: 'people-by-email',
    text: 'select id, email from person where email = any($1) and not pending order by created_at, id',
    values: [addresses],
  });
  return rows;
}

/** A claim that an alias (`anon:…` or `email:…`) is a person; the earliest claim counts. */
export type Tie = { readonly alias: string; readonly personId: PersonId; readonly stamp: Stamp };

/** The claims that count so far, by alias. */
export async function readTies(tx: Sql, aliases: readonly string[]): Promise<Map<string, Tie>> {
  if (aliases.length === 0) return new Map();
  const { rows } = await tx.query<{ alias: string; person_id: string; tied_at: Date; event_id: string }>({
    name: 'ties',
    text: `select found.* from json_array_elements_text($1::json) as asked(a),
             lateral (select alias, person_id, tied_at, event_id from alias where alias = a offset 0) as found`,
    values: [JSON.stringify(aliases)],
  });
  return new Map(
    rows.map((row) => [
      row.alias,
      {
        alias: row.alias,
        personId: row.person_id,
        stamp: { occurredAt: row.tied_at.getTime(), id: row.event_id },
      },
    ]),
  );
}

/** Writes ties, at most one an alias; of two claims the earlier stays. Returns those that count now. */
export async function writeTies(tx: Sql, ties: readonly Tie[]): Promise<Map<string, PersonId>> {
  if (ties.length === 0) return new Map();
  const { rows } = await tx.query<{ alias: string; person_id: string }>({
    name: 'write-ties',
    text: `insert into alias (alias, person_id, tied_at, event_id)
           select alias, person_id, ${instant('at')}, id
           from json_to_recordset($1::json) as t(alias text, person_id text, at float8, id text) order by alias
           on conflict (alias) do update
             set person_id = excluded.person_id, tied_at = excluded.tied_at, event_id = excluded.event_id
             where (alias.tied_at, alias.event_id) > (excluded.tied_at, excluded.event_id)
           returning alias, person_id`,
    values: [
      JSON.stringify(
        ties.map(({ alias, personId, stamp }) => ({
          alias,
          person_id: personId,
          at: stamp.occurredAt,
          id: stamp.id,
        })),
      ),
    ],
  });
  return new Map(rows.map((row) => [row.alias, row.person_id]));
}

/**
 * Gives what a pending person had to the person they turned out to be: asks, referrals and links. Where that person
 * has a link of their own already, the other stays as it is, and `findLink` says whose it is.
 */
export async function reassignRecords(tx: Sql, alias: string, personId: PersonId): Promise<void> {
  for (const table of ['ask', 'referral']) {
    await tx.query(`update ${table} set person_id = $2 where person_id = $1`, [alias, personId]);
  }
  await tx.query(
    `update advocate_link as l set person_id = $2 where person_id = $1
       and not exists (select 1 from advocate_link as o where o.account_id = l.account_id and o.person_id = $2)`,
    [alias, personId],
  );
}

function toPerson(row: Row): PersonRow {
  return {
    id: row.id,
    version: { xmin: row.xmin, ctid: row.ctid },
    size: row.traits.length + row.bindings.length,
    pending: row.pending,
    ...(row.email === null ? {} : { email: row.email }),
    traits: fromJson<StampedTraits>(row.traits),
    bindings: fromJson<Bindings>(row.bindings),
    ...(row.held_until === null
      ? {}
      : { hold: { until: row.held_until.getTime(), reason: row.hold_reason ?? '', by: row.hold_by ?? '' } }),
  };
}
