import type { AskRecord } from '../engine/account.ts';
import type { AccountId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

/** Has accounts looked at again at an instant, or before it if they would have been anyway. */
export async function wakeAccounts(tx: Sql, ids: readonly AccountId[], at: Instant): Promise<void> {
  if (ids.length === 0) return;
  await tx.query('update account set wake_at = least(coalesce(wake_at, $2), $2) where id = any($1)', [
    ids,
    new Date(at),
  ]);
}

/** Has an account looked at no earlier than an instant, unless something happens there. */
export async function putOffAccount(tx: Sql, id: AccountId, until: Instant): Promise<void> {
  await tx.query('update account set wake_at = $2 where id = $1', [id, new Date(until)]);
}

/** The same for those that a pause has held. */
export async function wakePausedAccounts(tx: Sql, at: Instant): Promise<void> {
  await tx.query(
    `update account set wake_at = least(coalesce(wake_at, $1), $1) where agenda like '%paused%'`,
    [new Date(at)],
  );
}

/**
 * The same, at once, for the other accounts of people whose ask has moved: it takes a place of theirs, or leaves one.
 * Nearly everybody is in one account only.
 */
export async function wakeOtherAccounts(
  tx: Sql,
  asks: readonly Pick<AskRecord, 'accountId' | 'personId'>[],
): Promise<void> {
  if (asks.length === 0) return;
  await tx.query({
    name: 'wake-other-accounts',
    text: `update account set wake_at = 'epoch' where id in (
             select m.id from json_to_recordset($1::json) as k(a text, p text)
             join person on person.id = k.p, jsonb_array_elements(person.bindings::jsonb) as b,
                  jsonb_array_elements_text(b -> 'active') as m(id)
             where m.id <> k.a)`,
    values: [JSON.stringify(asks.map(({ accountId: a, personId: p }) => ({ a, p })))],
  });
}
