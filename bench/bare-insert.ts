import type { Pool } from 'pg';
import type { Sent } from './traffic.ts';

const ROWS = 500;

/** The leanest table that could hold these events: one key of 20 bytes, properties as text, no index. */
export async function makeBareTable(pool: Pool): Promise<void> {
  await pool.query(`create table bare_event (
    tenant int not null, id uuid not null, account_id text not null, person_id text, name text not null,
    occurred_at timestamptz not null, properties text not null, primary key (tenant, id))`);
}

/** The same events as plain rows: 500 a statement, one JSON parameter, each statement its own commit. Returns ms. */
export async function insertBare(pool: Pool, events: readonly Sent[], connections: number): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const work = async () => {
    for (let from = next; from < events.length; from = next) {
      next = from + ROWS;
      await pool.query({
        name: 'insert-bare',
        text: INSERT,
        values: [JSON.stringify(events.slice(from, from + ROWS).map(toRow))],
      });
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return performance.now() - startedAt;
}

const INSERT = `insert into bare_event (tenant, id, account_id, person_id, name, occurred_at, properties)
  select 1, i, a, p, n, to_timestamp(o / 1000.0), j
  from json_to_recordset($1::json) as e(i uuid, a text, p text, n text, o float8, j text)
  on conflict do nothing`;

const toRow = ({ messageId, account, user, name, at, properties }: Sent) => ({
  i: messageId,
  a: account,
  p: user,
  n: name,
  o: at,
  j: properties,
});
