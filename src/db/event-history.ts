import type { AccountId, JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { fromJson, toInstant } from './rows.ts';

/** An event as it came, and the batch that it was stored in. */
export type HistoricEvent = {
  readonly batch: number;
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
  readonly reportedPerson: string | undefined;
  readonly ownAccountId: AccountId | undefined;
  readonly imported: boolean;
  readonly trust: 'server' | 'user' | 'public';
  readonly properties: JsonObject;
};

type Row = {
  account_id: string;
  occurred_at: Date;
  id: string;
  batch: string;
  source: string;
  name: string;
  received_at: Date;
  reported_person: string | null;
  own_account_id: string | null;
  imported: boolean;
  trust: string;
  properties: string;
};

/** The last batch so far; undefined when nothing is stored. */
export async function lastBatch(tx: Sql): Promise<number | undefined> {
  const { rows } = await tx.query<{ last: string | null }>('select max(batch)::text as last from event');
  const last = rows[0]?.last;
  return last === null || last === undefined ? undefined : Number(last);
}

/**
 * All events up to a batch, in the order of their keys: in pages, each a short query, so that whoever writes is not
 * kept waiting. An event that changes its account meanwhile may come twice, or be missed.
 */
export async function* readAllEvents(
  tx: Sql,
  upToBatch: number,
  pageSize = 1000,
): AsyncGenerator<readonly HistoricEvent[]> {
  let after: readonly [account: string, at: Date, id: string] = ['', new Date(0), ''];
  for (;;) {
    const { rows } = await tx.query<Row>({
      name: 'all-events',
      text: `select account_id, occurred_at, id, batch::text, source, name, received_at, reported_person, own_account_id, imported, trust, properties
             from event where (account_id, occurred_at, id) > ($1, $2::timestamptz, $3)
             order by account_id, occurred_at, id limit $4`,
      values: [...after, pageSize],
    });
    yield rows.map(toHistoric).filter(({ batch }) => batch <= upToBatch);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = [last.account_id, last.occurred_at, last.id];
  }
}

function toHistoric(row: Row): HistoricEvent {
  return {
    batch: Number(row.batch),
    id: row.id,
    source: row.source,
    name: row.name,
    occurredAt: toInstant(row.occurred_at),
    receivedAt: toInstant(row.received_at),
    reportedPerson: row.reported_person ?? undefined,
    ownAccountId: row.own_account_id ?? undefined,
    imported: row.imported,
    trust: row.trust === 'user' || row.trust === 'public' ? row.trust : 'server',
    properties: fromJson<JsonObject>(row.properties),
  };
}

/** Which aliases each event tied to its user, by the event's id. */
export async function readTiesByEvent(tx: Sql): Promise<Map<string, string[]>> {
  const { rows } = await tx.query<{ alias: string; event_id: string }>('select alias, event_id from alias');
  const ties = new Map<string, string[]>();
  for (const { alias, event_id: id } of rows) ties.set(id, [...(ties.get(id) ?? []), alias]);
  return ties;
}
