import type { PersonId } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { MAILS_OF_PERSON, MESSAGES, namesOne } from './erase-rows.ts';

/** Whom to look for: `$1` their ids, `$2` their addresses, `$3` the hashes of those. */
export type Exported = {
  readonly ids: readonly PersonId[];
  readonly addresses: readonly string[];
  readonly addressHashes: readonly string[];
};

const THEIR_CODES = 'select code from advocate_link where person_id = any($1)';

/** Every table that may hold something of a person, and which of its rows do. */
const TABLES: Readonly<Record<string, string>> = {
  person: 'id = any($1)',
  alias: 'person_id = any($1)',
  event: 'person_id = any($1) or reported_person = any($1)',
  past_membership: 'person_id = any($1)',
  ask: 'person_id = any($1)',
  decision: 'person_id = any($1)',
  mail: MAILS_OF_PERSON,
  advocate_link: 'person_id = any($1)',
  referral: 'person_id = any($1) or lower(email) = any($2)',
  referral_click: `code in (${THEIR_CODES})`,
  suppression: 'address_hash = any($3)',
};

type Row = Readonly<Record<string, unknown>>;

/** The rows of a person, by table, as they are. */
export async function readRowsOfPerson(
  tx: Sql,
  { ids, addresses, addressHashes }: Exported,
): Promise<Record<string, readonly Row[]>> {
  const tables: Record<string, readonly Row[]> = {};
  for (const [table, where] of Object.entries(TABLES)) {
    // Every query names every parameter, so that the server knows their types.
    const { rows } = await tx.query<{ row: Row }>(
      `select to_jsonb(t) as row from ${table} as t
       where ($1::text[] is null or $2::text[] is null or $3::text[] is null or true) and (${where}) order by t`,
      [ids, addresses, addressHashes],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

/** What accounts remember of them, beside what their events say. */
export async function readAccountsOfPerson(tx: Sql, accounts: readonly string[]) {
  const { rows } = await tx.query<{ id: string; name: string | null; state: string }>(
    'select id, name, state from account where id = any($1) order by id',
    [accounts],
  );
  return rows;
}

/** The messages that name one of these words: what was refused, and what goes to analytics and webhooks. */
export async function readMentions(
  tx: Sql,
  words: readonly string[],
): Promise<Record<string, readonly Row[]>> {
  const tables: Record<string, readonly Row[]> = {};
  for (const [table, text] of Object.entries(MESSAGES)) {
    const { rows } = await tx.query<{ row: Row }>(
      `select to_jsonb(t) as row from ${table} as t where ${namesOne(text)} order by id`,
      [words],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}
