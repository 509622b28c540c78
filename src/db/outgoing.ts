import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { fromJson } from './rows.ts';

type Outgoing = { readonly id: string };

/** Puts what analytics are to hear in line; a newer word under the same id takes the place of the older. */
export async function insertOutgoing(tx: Sql, events: readonly Outgoing[], now: Instant): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `insert into outgoing (id, body, created_at) select i, b, $2 from json_to_recordset($1::json) as o(i text, b text)
     on conflict (id) do update set body = excluded.body, created_at = excluded.created_at`,
    [JSON.stringify(events.map((event) => ({ i: event.id, b: JSON.stringify(event) }))), new Date(now)],
  );
}

/** What waits longest, oldest first, with the body as stored so that only that is removed. */
export async function readOutgoing<Event extends Outgoing>(
  tx: Sql,
  limit: number,
): Promise<{ event: Event; body: string }[]> {
  const { rows } = await tx.query<{ body: string }>(
    'select body from outgoing order by created_at, id limit $1',
    [limit],
  );
  return rows.map(({ body }) => ({ event: fromJson<Event>(body), body }));
}

/** Removes what has been handed over, unless a newer word has taken its place meanwhile. */
export async function deleteOutgoing(tx: Sql, bodies: readonly string[]): Promise<void> {
  if (bodies.length === 0) return;
  await tx.query('delete from outgoing where body = any($1)', [bodies]);
}

/** Forgets what nobody has taken since before an instant. Returns how many. */
export async function deleteOldOutgoing(tx: Sql, before: Instant, limit: number): Promise<number> {
  const { rowCount } = await tx.query(
    'delete from outgoing where id in (select id from outgoing where created_at < $1 limit $2)',
    [new Date(before), limit],
  );
  return rowCount ?? 0;
}
