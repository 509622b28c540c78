import type { AccountId, JsonObject, PersonId } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { fromJson, instant } from './rows.ts';

/** A stored event by its key, with all that may tell of a person. */
export type TracedEvent = {
  readonly accountId: AccountId;
  readonly at: Date;
  readonly id: string;
  readonly personId: PersonId | null;
  readonly reportedPerson: PersonId | null;
  readonly source: string;
  readonly name: string;
  readonly receivedAt: Date;
  readonly properties: JsonObject;
};

type Row = {
  account_id: string;
  occurred_at: Date;
  id: string;
  person_id: string | null;
  reported_person: string | null;
  source: string;
  name: string;
  received_at: Date;
  properties: string;
};

export type Sought = {
  readonly ids: readonly PersonId[];
  /** Lower-case texts: whoever's event holds one is found. */
  readonly marks: readonly string[];
};

/**
 * Every event of these people, and every other that holds one of the marks. Looks at all events there are, in pages,
 * each a short query, so that whoever stores events meanwhile is not kept waiting.
 */
export async function* findTracedEvents(
  tx: Sql,
  { ids, marks }: Sought,
  pageSize = 5000,
): AsyncGenerator<readonly TracedEvent[]> {
  const written = marks.map((mark) => JSON.stringify(mark).slice(1, -1));
  let after: readonly [account: string, at: Date, id: string] = ['', BEFORE_ALL, ''];
  for (;;) {
    const end = await tx.query<Pick<Row, 'account_id' | 'occurred_at' | 'id'>>({
      name: 'page-of-events',
      text: `select account_id, occurred_at, id from event where (account_id, occurred_at, id) > ($1, $2::timestamptz, $3)
             order by account_id, occurred_at, id offset $4 limit 1`,
      values: [...after, pageSize - 1],
    });
    const last = end.rows[0];
    const { rows } = await tx.query<Row>({
      name: last === undefined ? 'traced-events-at-the-end' : 'traced-events',
      text: `select account_id, occurred_at, id, person_id, reported_person, source, name, received_at, properties from event
             where (account_id, occurred_at, id) > ($3, $4::timestamptz, $5)
               ${last === undefined ? '' : 'and (account_id, occurred_at, id) <= ($6, $7::timestamptz, $8)'}
               and (person_id = any($1) or reported_person = any($1)
                    or exists (select 1 from unnest($2::text[]) as mark where strpos(lower(id || ' ' || properties), mark) > 0))`,
      values: [ids, written, ...after, ...(last ? [last.account_id, last.occurred_at, last.id] : [])],
    });
    yield rows.map(toTraced);
    if (last === undefined) return;
    after = [last.account_id, last.occurred_at, last.id];
  }
}

const BEFORE_ALL = new Date('1000-01-01T00:00:00Z');

function toTraced(row: Row): TracedEvent {
  return {
    accountId: row.account_id,
    at: row.occurred_at,
    id: row.id,
    personId: row.person_id,
    reportedPerson: row.reported_person,
    source: row.source,
    name: row.name,
    receivedAt: row.received_at,
    properties: fromJson<JsonObject>(row.properties),
  };
}

type Key = Pick<TracedEvent, 'accountId' | 'at' | 'id'>;

const KEYS = 'k(a text, o float8, i text)';
const SAME = `e.account_id = k.a and e.occurred_at = ${instant('k.o')} and e.id = k.i`;
const toKey = ({ accountId: a, at, id: i }: Key) => ({ a, o: at.getTime(), i });

export async function deleteEvents(tx: Sql, events: readonly Key[]): Promise<void> {
  for (const some of chunks(events))
    await tx.query(`delete from event as e using json_to_recordset($1::json) as ${KEYS} where ${SAME}`, [
      JSON.stringify(some.map(toKey)),
    ]);
}

/** What is left of an event; `nameless`: without its person, for the account alone. */
export type Rewritten = Key & {
  readonly newId: string;
  readonly nameless: boolean;
  readonly properties: JsonObject;
};

export async function rewriteEvents(tx: Sql, events: readonly Rewritten[]): Promise<void> {
  for (const some of chunks(events))
    await tx.query(
      `update event as e set id = k.n, properties = k.p,
              person_id = case when k.x then null else e.person_id end,
              reported_person = case when k.x then null else e.reported_person end,
              own_account_id = case when k.x then nullif(e.account_id, '') else e.own_account_id end
       from json_to_recordset($1::json) as k(a text, o float8, i text, n text, x boolean, p text) where ${SAME}`,
      [
        JSON.stringify(
          some.map((event) => ({
            ...toKey(event),
            n: event.newId,
            x: event.nameless,
            p: JSON.stringify(event.properties),
          })),
        ),
      ],
    );
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += 1000) yield items.slice(i, i + 1000);
}
