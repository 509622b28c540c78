import type { Hold } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

/** Each answers whether there is such an account or person. */
export const setAccountHold = (tx: Sql, id: AccountId, hold: Hold) => set(tx, 'account', id, hold);
export const clearAccountHold = (tx: Sql, id: AccountId) => set(tx, 'account', id, undefined);
export const setPersonHold = (tx: Sql, id: PersonId, hold: Hold) => set(tx, 'person', id, hold);
export const clearPersonHold = (tx: Sql, id: PersonId) => set(tx, 'person', id, undefined);

/** The holds on people that have not run out: there are few of them. */
export async function readPersonHolds(tx: Sql, now: Instant): Promise<Map<PersonId, Hold>> {
  const { rows } = await tx.query<{
    id: string;
    held_until: Date;
    hold_reason: string | null;
    hold_by: string | null;
  }>({
    name: 'person-holds',
    text: 'select id, held_until, hold_reason, hold_by from person where held_until is not null and held_until > $1',
    values: [new Date(now)],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      { until: row.held_until.getTime(), reason: row.hold_reason ?? '', by: row.hold_by ?? '' },
    ]),
  );
}

async function set(
  tx: Sql,
  table: 'account' | 'person',
  id: string,
  hold: Hold | undefined,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update ${table} set held_until = $2, hold_reason = $3, hold_by = $4 where id = $1`,
    [id, hold === undefined ? null : new Date(hold.until), hold?.reason ?? null, hold?.by ?? null],
  );
  return (rowCount ?? 0) > 0;
}
