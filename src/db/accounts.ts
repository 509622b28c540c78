import type { Agenda, Hold } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { foldSeen, type Seen } from '../engine/people.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import {
  createKnown,
  IS_NEWS,
  KNOWN,
  type Known,
  type Version,
  type Versioned,
  versionsOf,
} from './known.ts';
import { fromJson } from './rows.ts';
import { createTurns, type Turns } from './turns.ts';

export type AccountRow = Versioned & {
  readonly id: AccountId;
  readonly state: AccountState;
  /** Since when people were last heard of, where the stored state does not say so yet. */
  readonly seen: Seen;
  /** Which signals the state was folded for; another hash means it is to be folded anew. */
  readonly signalsHash: string;
  readonly agenda: Agenda;
  readonly readiness: number;
  readonly refold: boolean;
  readonly hold?: Hold;
  /** It is to be looked at again by now, whether or not anything happened. */
  readonly isDue?: boolean;
  /** The catalog by which it was decided last in this process, where that holds until something happens there. */
  readonly settledUnder?: string;
};

type Row = Version & {
  id: string;
  state: string;
  seen: string | null;
  signals_hash: string;
  agenda: string;
  readiness: number;
  refold: boolean;
  held_until: Date | null;
  hold_reason: string | null;
  hold_by: string | null;
  is_due: boolean;
};

const COLUMNS = 'id, state, seen, signals_hash, agenda, readiness, refold, held_until, hold_reason, hold_by';

/** Those of this process, which take turns at them. */
export type KnownAccounts = Known<AccountRow> & { readonly takeTurns: Turns };

export const createKnownAccounts = (limit: number): KnownAccounts => ({
  ...createKnown<AccountRow>(limit),
  takeTurns: createTurns(),
});

/**
 * Makes the accounts that are missing and locks all, in id order, until the transaction ends. What this process knows
 * already is not read again. The states are the caller's to change.
 */
export async function lockAccounts(
  known: KnownAccounts,
  tx: Sql,
  ids: readonly AccountId[],
  now: Instant,
  fresh: { state: string; signalsHash: string; agenda: string },
): Promise<AccountRow[]> {
  if (ids.length === 0) return [];
  const sorted = [...new Set(ids)].sort();
  await known.takeTurns(tx, sorted);
  const before = new Map(sorted.map((id) => [id, known.take(id)]));
  const accounts = await lockAndRead(tx, before, now);
  if (accounts.length === sorted.length) return accounts;
  await tx.query({
    name: 'make-accounts',
    text: `insert into account (id, state, signals_hash, agenda) select value, $2, $3, $4
           from json_array_elements_text($1::json) on conflict do nothing`,
    values: [JSON.stringify(sorted), fresh.state, fresh.signalsHash, fresh.agenda],
  });
  return lockAndRead(tx, before, now);
}

/** Locks accounts and reads those that are no longer, or were never, what is known of them. */
async function lockAndRead(
  tx: Sql,
  before: ReadonlyMap<AccountId, AccountRow | undefined>,
  now: Instant,
): Promise<AccountRow[]> {
  const { rows } = await tx.query<Row | { id: string; xmin: null }>({
    name: 'lock-accounts',
    text: `select known.i as id, xmin, ctid, state, seen, signals_hash, agenda, readiness, refold, held_until, hold_reason,
                  hold_by, is_due
           from ${KNOWN} left join lateral (
             select xmin, ctid, ${COLUMNS}, coalesce(wake_at <= $2, false) as is_due from account where id = known.i
             for update) as found on true
           where ${IS_NEWS} or found.xmin is null or is_due`,
    values: [versionsOf(before), new Date(now)],
  });
  const news = new Map(rows.map((row) => [row.id, row]));
  const accounts: AccountRow[] = [];
  for (const [id, one] of before) {
    const row = news.get(id);
    if (row === undefined) {
      if (one !== undefined) accounts.push(one);
    } else if (row.xmin !== null) {
      const account = one !== undefined && isSame(one, row) ? one : toAccount(row);
      accounts.push(row.is_due ? { ...account, isDue: true } : account);
    }
  }
  return accounts;
}

const isSame = ({ version }: Versioned, row: Version) =>
  version.xmin === row.xmin && version.ctid === row.ctid;

/** Locks one account until the transaction ends: before its asks are moved, in the order that decisions lock. */
export async function holdAccount(tx: Sql, id: AccountId): Promise<void> {
  await tx.query({
    name: 'hold-account',
    text: 'select 1 from account where id = $1 for update',
    values: [id],
  });
}

export async function readAccount(tx: Sql, id: AccountId): Promise<AccountRow | undefined> {
  const { rows } = await tx.query<Omit<Row, 'is_due'>>({
    name: 'read-account',
    text: `select xmin, ctid, ${COLUMNS} from account where id = $1`,
    values: [id],
  });
  return rows[0] && toAccount(rows[0]);
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

function toAccount(row: Omit<Row, 'is_due'>): AccountRow {
  const seen = row.seen === null ? {} : fromJson<Seen>(row.seen);
  return {
    id: row.id,
    version: { xmin: row.xmin, ctid: row.ctid },
    size: row.state.length + row.agenda.length,
    state: foldSeen(fromJson<AccountState>(row.state), seen),
    seen,
    signalsHash: row.signals_hash,
    agenda: fromJson<Agenda>(row.agenda),
    readiness: row.readiness,
    refold: row.refold,
    ...(row.held_until === null
      ? {}
      : { hold: { until: row.held_until.getTime(), reason: row.hold_reason ?? '', by: row.hold_by ?? '' } }),
  };
}
