import type { Agenda, Hold } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { createTexts, fromJson, instant, textAt } from './rows.ts';

export type AccountRow = {
  readonly id: AccountId;
  readonly state: AccountState;
  /** Which signals the state was folded for; another hash means it is to be folded anew. */
  readonly signalsHash: string;
  readonly agenda: Agenda;
  readonly readiness: number;
  readonly refold: boolean;
  readonly hold?: Hold;
};

type Row = {
  id: string;
  state: string;
  signals_hash: string;
  agenda: string;
  readiness: number;
  refold: boolean;
  held_until: Date | null;
  hold_reason: string | null;
  hold_by: string | null;
};

const COLUMNS = 'id, state, signals_hash, agenda, readiness, refold, held_until, hold_reason, hold_by';

/** Makes the accounts that are missing and locks all, in id order, until the transaction ends. */
export async function lockAccounts(
  tx: Sql,
  ids: readonly AccountId[],
  fresh: { state: string; signalsHash: string; agenda: string },
): Promise<AccountRow[]> {
  if (ids.length === 0) return [];
  const sorted = [...new Set(ids)].sort();
  const { rows } = await tx.query<Row>({ name: 'lock-accounts', text: LOCK, values: [sorted] });
  if (rows.length === sorted.length) return rows.map(toAccount);
  await tx.query({
    name: 'make-accounts',
    text: `insert into account (id, state, signals_hash, agenda) select value, $2, $3, $4
           from json_array_elements_text($1::json) on conflict do nothing`,
    values: [JSON.stringify(sorted), fresh.state, fresh.signalsHash, fresh.agenda],
  });
  const again = await tx.query<Row>({ name: 'lock-accounts', text: LOCK, values: [sorted] });
  return again.rows.map(toAccount);
}

const LOCK = `select ${COLUMNS} from account where id = any($1) order by id for update`;

/** Locks one account until the transaction ends: before its asks are moved, in the order that decisions lock. */
export async function holdAccount(tx: Sql, id: AccountId): Promise<void> {
  await tx.query({
    name: 'hold-account',
    text: 'select 1 from account where id = $1 for update',
    values: [id],
  });
}

export async function readAccount(tx: Sql, id: AccountId): Promise<AccountRow | undefined> {
  const { rows } = await tx.query<Row>({
    name: 'read-account',
    text: `select ${COLUMNS} from account where id = $1`,
    values: [id],
  });
  return rows[0] && toAccount(rows[0]);
}

export type AccountWrite = {
  readonly id: AccountId;
  readonly state: AccountState;
  readonly signalsHash: string;
  readonly agenda: Agenda;
  readonly readiness: number;
  /** Absent: only folded, so it is looked at again when it would have been. */
  readonly evaluatedAt?: Instant;
  readonly wakeAt?: Instant;
  readonly refold: boolean;
  readonly name?: string;
  readonly ownerEmail?: string;
};

export async function writeAccounts(tx: Sql, accounts: readonly AccountWrite[]): Promise<void> {
  if (accounts.length === 0) return;
  // States are by far the most of it. As bytes beside the rest they are escaped neither here nor read twice there.
  const texts = createTexts();
  const records = accounts.map((account) => ({
    i: account.id,
    s: texts.add(JSON.stringify(account.state)),
    h: account.signalsHash,
    g: texts.add(JSON.stringify(account.agenda)),
    r: account.readiness,
    f: account.refold,
    n: account.name,
    o: account.ownerEmail,
    e: account.evaluatedAt,
    w: account.wakeAt,
  }));
  await tx.query({
    name: 'write-accounts',
    text: `update account as a
           set state = ${textAt('$2', 'n.s')}, signals_hash = n.h, agenda = ${textAt('$2', 'n.g')}, readiness = n.r,
               refold = n.f, name = n.n, owner_email = n.o, evaluated_at = coalesce(${instant('n.e')}, a.evaluated_at),
               wake_at = case when n.e is null then a.wake_at else ${instant('n.w')} end
           from json_to_recordset($1::json)
             as n(i text, s int[], h text, g int[], r float8, f boolean, n text, o text, e float8, w float8)
           where a.id = n.i`,
    values: [JSON.stringify(records), texts.bytes()],
  });
}

/** The accounts in which something about these people is scheduled or open. */
export async function accountsWithOpenAsks(tx: Sql, people: readonly PersonId[]): Promise<AccountId[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select distinct account_id from ask where person_id = any($1) and status in ('scheduled', 'open')`,
    [people],
  );
  return rows.map((row) => row.account_id);
}

/** Accounts whose verdict may have changed by time alone, the longest due first. */
export async function findDueAccounts(tx: Sql, now: Instant, limit: number): Promise<AccountId[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'due-accounts',
    text: 'select id from account where wake_at <= $1 order by wake_at limit $2',
    values: [new Date(now), limit],
  });
  return rows.map(({ id }) => id);
}

/** Accounts to be folded anew: marked, or folded for other signals. */
export async function findAccountsToRefold(
  tx: Sql,
  signalsHash: string,
  limit: number,
): Promise<AccountId[]> {
  const { rows } = await tx.query<{ id: string }>(
    `(select id from account where signals_hash < $1 limit $2) union (select id from account where signals_hash > $1 limit $2)
     union (select id from account where refold limit $2) limit $2`,
    [signalsHash, limit],
  );
  return rows.map(({ id }) => id);
}

function toAccount(row: Row): AccountRow {
  return {
    id: row.id,
    state: fromJson<AccountState>(row.state),
    signalsHash: row.signals_hash,
    agenda: fromJson<Agenda>(row.agenda),
    readiness: row.readiness,
    refold: row.refold,
    ...(row.held_until === null
      ? {}
      : { hold: { until: row.held_until.getTime(), reason: row.hold_reason ?? '', by: row.hold_by ?? '' } }),
  };
}
