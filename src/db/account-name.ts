import type { AccountId } from '../engine/event.ts';
import type { Sql } from './client.ts';

/** What an account is called; undefined where nobody has said so. */
export async function readAccountName(tx: Sql, id: AccountId): Promise<string | undefined> {
  const { rows } = await tx.query<{ name: string | null }>({
    name: 'account-name',
    text: 'select name from account where id = $1',
    values: [id],
  });
  return rows[0]?.name ?? undefined;
}
