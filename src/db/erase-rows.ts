import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

/** Whom to take out of every table, and what the ledger of asks knows them as from now on. */
export type ErasedPerson = {
  readonly ids: readonly PersonId[];
  readonly addresses: readonly string[];
  /** Says nothing about anyone; caps go on counting one person. */
  readonly pseudonym: string;
};

/** Whether a mail to them, or to somebody about them, is on its way this very moment. */
export async function isBeingSent(tx: Sql, ids: readonly PersonId[]): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select 1 from ask as a where a.person_id = any($1) and (a.status = 'sending'
       or exists (select 1 from mail as m where m.ask_id = a.id and m.status = 'sending')) limit 1`,
    [ids],
  );
  return (rowCount ?? 0) > 0;
}

/** SQL for the mails to somebody, about an ask of theirs, or with a link to one: `$1` their ids, `$2` their addresses. */
export const MAILS_OF_PERSON = `lower(meant_for) = any($2)
  or ask_id in (select id from ask where person_id = any($1))
  or (purpose = 'digest' and exists (select 1 from ask where person_id = any($1) and strpos(message, ask.id) > 0))`;

/** Removes their mails; returns how many. */
export async function deleteMails(tx: Sql, { ids, addresses }: ErasedPerson): Promise<number> {
  const { rowCount } = await tx.query(`delete from mail where ${MAILS_OF_PERSON}`, [ids, addresses]);
  return rowCount ?? 0;
}

/**
 * Asks stay in the ledger, which counts them against the account's caps: that there was one, when and by which trigger.
 * Whom, why and in what words is gone. What was still to come is withdrawn.
 */
export async function anonymiseAsks(tx: Sql, { ids, pseudonym }: ErasedPerson, at: Instant): Promise<number> {
  const { rowCount } = await tx.query(
    `update ask set person_id = $2, opening = null, content = null, fallback = null, fallback_at = null,
       cycle = case when cycle ~ '^[0-9]+$' then cycle else $2 || ':' || id end,
       reasons = json_build_object('gates', '[]'::json, 'readiness', json_build_object('value', readiness,
         'at', (extract(epoch from decided_at) * 1000)::bigint, 'contributions', '[]'::json, 'dampers', '[]'::json))::text,
       status_reason = case when status in ('scheduled', 'open') then 'erased' end,
       settled_at = case when status in ('scheduled', 'open', 'delivered') then $3 else settled_at end,
       status = case when status in ('scheduled', 'open') then 'withdrawn' when status = 'delivered' then 'ignored'
                     else status end
     where person_id = any($1)`,
    [ids, pseudonym, new Date(at)],
  );
  return rowCount ?? 0;
}

/** The referrals they brought stay with their account, as nobody's; their links and who clicked them go. */
export async function anonymiseAdvocate(tx: Sql, { ids, pseudonym }: ErasedPerson): Promise<number> {
  await tx.query(
    'delete from referral_click where code in (select code from advocate_link where person_id = any($1))',
    [ids],
  );
  await tx.query('delete from advocate_link where person_id = any($1)', [ids]);
  const { rowCount } = await tx.query(
    `update referral set person_id = $2, code = '', note = null where person_id = any($1)`,
    [ids, pseudonym],
  );
  return rowCount ?? 0;
}

export type Introduction = {
  readonly id: string;
  readonly accountId: AccountId;
  readonly name: string | null;
  readonly note: string | null;
};

/** The referrals by which somebody introduced them. */
export async function introductionsOf(tx: Sql, addresses: readonly string[]): Promise<Introduction[]> {
  const { rows } = await tx.query<Introduction>(
    'select id, account_id as "accountId", name, note from referral where lower(email) = any($1)',
    [addresses],
  );
  return rows;
}

/** Those stay their advocate's: the company and how far it came, without the person. Returns how many. */
export async function anonymiseProspect(tx: Sql, { addresses, pseudonym }: ErasedPerson): Promise<number> {
  const { rowCount } = await tx.query(
    `update referral set email = '', name = null, role = null, note = null,
       company = case when company like '%@%' then $2 else company end where lower(email) = any($1)`,
    [addresses, pseudonym],
  );
  return rowCount ?? 0;
}

/** Decisions about them, and who they were. */
export async function deletePerson(tx: Sql, { ids }: ErasedPerson): Promise<void> {
  await tx.query('delete from decision where person_id = any($1)', [ids]);
  await tx.query('delete from alias where alias = any($1) or person_id = any($1)', [ids]);
  await tx.query('delete from person where id = any($1)', [ids]);
}

/** Lower-case words by which a message is known to be about them. */
export const mentionsOf = (ids: readonly string[], marks: readonly string[]): string[] => [
  ...marks.map((mark) => JSON.stringify(mark).slice(1, -1)),
  ...ids.map((id) => JSON.stringify(id.replace(/^(anon|email):/, '')).toLowerCase()),
];

/** Messages that were refused, and those to analytics and webhooks: by table, all that is said in them. */
export const MESSAGES: Readonly<Record<string, string>> = {
  rejection: "concat_ws(' ', message_id, reason, excerpt)",
  outgoing: 'body',
  webhook_delivery: "concat_ws(' ', body, answer)",
};

/** SQL that is true where a text holds one of the lower-case words in $1. */
export const namesOne = (text: string): string =>
  `exists (select 1 from unnest($1::text[]) as word where strpos(lower(${text}), word) > 0)`;

/** Removes the messages that name them. What was still to be told is not told. */
export async function deleteMentions(tx: Sql, words: readonly string[]): Promise<void> {
  for (const [table, text] of Object.entries(MESSAGES))
    await tx.query(`delete from ${table} where ${namesOne(text)}`, [words]);
}

/** The accounts that something of theirs is kept at. */
export async function accountsOfPerson(
  tx: Sql,
  { ids, addresses }: Pick<ErasedPerson, 'ids' | 'addresses'>,
): Promise<AccountId[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select account_id from event where person_id = any($1) and account_id <> ''
     union select account_id from ask where person_id = any($1)
     union select account_id from decision where person_id = any($1)
     union select account_id from advocate_link where person_id = any($1)
     union select account_id from referral where person_id = any($1) or lower(email) = any($2)
     union select account_id from past_membership where person_id = any($1)
     union select account_id from account_snapshot
       where exists (select 1 from unnest($1::text[]) as id where strpos(state, to_json(id)::text) > 0)`,
    [ids, addresses],
  );
  return rows.map(({ account_id: id }) => id).sort();
}

/** The versions of the catalog whose definitions name them. */
export async function catalogsNaming(tx: Sql, words: readonly string[]): Promise<number[]> {
  const { rows } = await tx.query<{ version: number }>(
    `select version from catalog_version
     where exists (select 1 from unnest($1::text[]) as word where strpos(content, word) > 0) order by version`,
    [words.map((word) => JSON.stringify(word))],
  );
  return rows.map(({ version }) => version);
}
