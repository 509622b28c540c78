import type { AccountId, PersonId } from '../engine/event.ts';
import type { AskRow } from './ask-row.ts';
import { findAsk } from './asks.ts';
import type { Sql } from './client.ts';

/** The ask that somebody's answer is most likely about: the latest that reached them, else one that is open. */
export async function latestAskOf(
  tx: Sql,
  { accountId, personId }: { readonly accountId: AccountId; readonly personId: PersonId },
): Promise<AskRow | undefined> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'latest-ask-of',
    text: `select id from ask
           where account_id = $1 and person_id = $2 and kind = 'ask' and status in ('delivered', 'unknown', 'open')
           order by status = 'open', coalesce(delivered_at, opened_at, decided_at) desc, id limit 1`,
    values: [accountId, personId],
  });
  return rows[0] && findAsk(tx, rows[0].id);
}

/** What a screen says about the account beside its name. */
export type AccountHead = { readonly name: string | null; readonly ownerEmail: string | null };

export async function readAccountHead(tx: Sql, id: AccountId): Promise<AccountHead> {
  const { rows } = await tx.query<{ name: string | null; owner_email: string | null }>({
    name: 'account-head',
    text: 'select name, owner_email from account where id = $1',
    values: [id],
  });
  return { name: rows[0]?.name ?? null, ownerEmail: rows[0]?.owner_email ?? null };
}
