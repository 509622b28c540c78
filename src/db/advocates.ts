import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { toInstant } from './rows.ts';

/** An advocate's one link for one account: `code` is public and says nothing about them. */
export type AdvocateLink = {
  readonly code: string;
  readonly accountId: AccountId;
  readonly personId: PersonId;
  /** They agreed to be named to the people they refer. */
  readonly named: boolean;
  readonly createdAt: Instant;
};

type Row = { code: string; account_id: string; person_id: string; named: boolean; created_at: Date };

const COLUMNS = 'code, account_id, person_id, named, created_at';

/** The link of this person at this account: the one they have, else a new one with `code`. */
export async function makeLink(
  tx: Sql,
  link: {
    readonly code: string;
    readonly accountId: AccountId;
    readonly personId: PersonId;
    readonly at: Instant;
  },
): Promise<AdvocateLink> {
  const known = await linkOf(tx, link);
  if (known) return known;
  await tx.query(
    `insert into advocate_link (code, account_id, person_id, created_at) values ($1, $2, $3, $4)
     on conflict (account_id, person_id) do nothing`,
    [link.code, link.accountId, link.personId, new Date(link.at)],
  );
  const made = await linkOf(tx, link);
  if (!made)
    throw new Error(`The link of a person at account "${link.accountId}" was neither there nor made.`);
  return made;
}

async function linkOf(
  tx: Sql,
  { accountId, personId }: { accountId: AccountId; personId: PersonId },
): Promise<AdvocateLink | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'link-of',
    text: `select ${COLUMNS} from advocate_link where account_id = $1 and person_id = $2`,
    values: [accountId, personId],
  });
  return rows[0] && toLink(rows[0]);
}

/** A link by its code. It may have been made for somebody who turned out to have a link of their own: then it is theirs. */
export async function findLink(tx: Sql, code: string): Promise<AdvocateLink | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'find-link',
    text: `select l.code, l.account_id, coalesce(a.person_id, l.person_id) as person_id, l.named, l.created_at
           from advocate_link as l left join alias as a on a.alias = l.person_id where l.code = $1`,
    values: [code],
  });
  return rows[0] && toLink(rows[0]);
}

/** Holds the link until the transaction ends, so that two introductions through it come one after the other. */
export async function lockLink(tx: Sql, code: string): Promise<void> {
  await tx.query('select 1 from advocate_link where code = $1 for update', [code]);
}

/** The links of a person in every account they spoke for, the earliest first. */
export async function linksOfPerson(tx: Sql, personId: PersonId): Promise<AdvocateLink[]> {
  const { rows } = await tx.query<Row>({
    name: 'links-of-person',
    text: `select ${COLUMNS} from advocate_link where person_id = $1 order by created_at, code`,
    values: [personId],
  });
  return rows.map(toLink);
}

export async function setNamed(tx: Sql, code: string, named: boolean): Promise<void> {
  await tx.query('update advocate_link set named = $2 where code = $1', [code, named]);
}

/** More a day through one link are no readers: programs keep no cookies, so each of their visits would be a row. */
const MOST_CLICKS = 1000;

/** One anonymous row per cookie and day; a second visit that day changes nothing. */
export async function insertClick(
  tx: Sql,
  { code, visitor, at }: { readonly code: string; readonly visitor: string; readonly at: Instant },
): Promise<void> {
  await tx.query(
    `insert into referral_click (code, day, visitor) select $1, $2::date, $3
     where (select count(*) from referral_click where code = $1 and day = $2::date) < ${MOST_CLICKS}
     on conflict do nothing`,
    [code, dayOf(at), visitor],
  );
}

/** Forgets clicks of the days before an instant. */
export async function deleteOldClicks(tx: Sql, before: Instant, limit: number): Promise<void> {
  await tx.query(
    `delete from referral_click where (code, day, visitor) in
       (select code, day, visitor from referral_click where day < $1::date limit $2)`,
    [dayOf(before), limit],
  );
}

const dayOf = (at: Instant) => new Date(at).toISOString().slice(0, 10);

function toLink(row: Row): AdvocateLink {
  return {
    code: row.code,
    accountId: row.account_id,
    personId: row.person_id,
    named: row.named,
    createdAt: toInstant(row.created_at),
  };
}
