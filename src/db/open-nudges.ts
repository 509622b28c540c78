import { type Bindings, hasLeft } from '../engine/binding.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { defined } from '../engine/record.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { fromJson, toInstantOrNone } from './rows.ts';

/** A nudge that waits to be seen or answered, and the address of its person. */
export type OpenNudge = {
  readonly id: string;
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly trigger: string;
  readonly expiresAt?: Instant;
  readonly snoozedUntil?: Instant;
  /** What was rendered: `{title, body, action_label, action_url}`. */
  readonly content: Readonly<Record<string, string>>;
  readonly email?: string;
};

type Row = {
  id: string;
  account_id: string;
  person_id: string;
  trigger: string;
  expires_at: Date | null;
  snoozed_until: Date | null;
  content: string | null;
  email: string | null;
  bindings: string | null;
};

/**
 * The nudges that wait to be seen or answered, each person's most important first: those of some people, or
 * everybody's. Snoozed ones and those that have run out are among them; those of an account that their person has left
 * are not.
 */
export async function readOpenNudges(tx: Sql, people?: readonly PersonId[]): Promise<OpenNudge[]> {
  const { rows } = await tx.query<Row>({
    name: people === undefined ? 'all-open-nudges' : 'open-nudges',
    text: `select a.id, a.account_id, a.person_id, a.trigger, a.expires_at, a.snoozed_until, a.content, p.email, p.bindings
           from ask as a left join person as p on p.id = a.person_id
           where a.status in ('open', 'delivered') and a.channel = 'nudge'${people === undefined ? '' : ' and a.person_id = any($1)'}
           order by a.priority desc, a.decided_at, a.id`,
    values: people === undefined ? [] : [people],
  });
  return rows.filter(isOfMember).map(toOpenNudge);
}

const isOfMember = ({ account_id: accountId, bindings }: Row) =>
  bindings === null || !hasLeft(fromJson<Bindings>(bindings), accountId);

function toOpenNudge(row: Row): OpenNudge {
  return {
    id: row.id,
    accountId: row.account_id,
    personId: row.person_id,
    trigger: row.trigger,
    content: row.content === null ? {} : fromJson<Readonly<Record<string, string>>>(row.content),
    ...defined({
      expiresAt: toInstantOrNone(row.expires_at),
      snoozedUntil: toInstantOrNone(row.snoozed_until),
      email: row.email,
    }),
  };
}
