import type { AskRecord } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { DAY, type Instant } from '../engine/time.ts';
import {
  type AskRow,
  COLUMNS,
  RECORD_COLUMNS,
  type RecordRow,
  type Row,
  toAsk,
  toRecord,
} from './ask-row.ts';
import type { Sql } from './client.ts';
import { listed } from './rows.ts';

/** How far back the ledger looks at least: a year of caps, and some. An ask with a longer `again` stays as long. */
const LEDGER = 400 * DAY;

/** The ledger of accounts: their asks that are open, recent, or never to be repeated. */
export const readLedgerOfAccounts = (tx: Sql, ids: readonly AccountId[], now: Instant) =>
  readLedger(tx, 'account_id', ids, now);

/** The ledger of people, in whatever account they were asked. */
export const readLedgerOfPeople = (tx: Sql, ids: readonly PersonId[], now: Instant) =>
  readLedger(tx, 'person_id', ids, now);

async function readLedger(
  tx: Sql,
  column: 'account_id' | 'person_id',
  ids: readonly string[],
  now: Instant,
): Promise<AskRecord[]> {
  if (ids.length === 0) return [];
  const { rows } = await tx.query<RecordRow>({
    name: `ledger-by-${column}`,
    text: `select ${RECORD_COLUMNS} from ask where ${column} = any(${listed('$1')}) and (${IN_LEDGER}) order by decided_at, id`,
    values: [JSON.stringify(ids), new Date(now)],
  });
  return rows.map(toRecord);
}

/** The asks in the ledger of one account, with all that there is about them. */
export async function readAsksOfAccount(tx: Sql, id: AccountId, now: Instant): Promise<AskRow[]> {
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from ask where account_id = $1 and (${IN_LEDGER}) order by decided_at, id`,
    [id, new Date(now)],
  );
  return rows.map(toAsk);
}

const IN_LEDGER = `status in ('scheduled', 'open', 'sending') or case when again = 'never' then true else
  coalesce(settled_at, delivered_at, decided_at) > $2::timestamptz - greatest(again::float8, ${LEDGER}) * interval '1 millisecond' end`;
