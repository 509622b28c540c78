import type { AccountId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { readSetting, writeSetting } from './settings.ts';

/** How far a round over all accounts has come; there while one is under way. */
const ROUND = 'round_of_accounts';

/** Has all accounts looked at again by a version of the catalog, from the first one on. */
export async function startRound(tx: Sql, version: number): Promise<void> {
  await writeSetting(tx, ROUND, `${version}:`);
}

/**
 * Wakes the next accounts of the round, in the order in which they are locked elsewhere. False when there is none, or
 * no round, or one for a later version than `version`, by which the caller decides. What is known from imported history
 * only goes on waiting for its first event.
 */
export async function wakeNextOfRound(
  tx: Sql,
  { version, limit, at }: { readonly version: number; readonly limit: number; readonly at: Instant },
): Promise<boolean> {
  const [, wanted, after] = /^(\d+):(.*)$/s.exec((await readSetting(tx, ROUND)) ?? '') ?? [];
  if (after === undefined || Number(wanted) > version) return false;
  const { rows } = await tx.query<{ id: AccountId }>(
    'select id from account where id > $1 order by id limit $2 for update',
    [after, limit],
  );
  const last = rows.at(-1)?.id;
  if (last === undefined) {
    await tx.query('delete from setting where key = $1', [ROUND]);
    return false;
  }
  await tx.query(
    `update account set wake_at = least(coalesce(wake_at, $2), $2)
     where id = any($1) and agenda not like '%"dormant":true%'`,
    [rows.map(({ id }) => id), new Date(at)],
  );
  await writeSetting(tx, ROUND, `${wanted}:${last}`);
  return true;
}
