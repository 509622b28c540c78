import type { Agenda, Hold } from '../engine/account.ts';
import type { AccountId } from '../engine/event.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import type { AccountRow, KnownAccounts } from './accounts.ts';
import type { Sql } from './client.ts';
import type { Version } from './known.ts';
import { createTexts, instant, listed, textAt } from './rows.ts';

export type AccountWrite = {
  readonly id: AccountId;
  readonly state: AccountState;
  readonly signalsHash: string;
  readonly agenda: Agenda;
  /** The agenda need not be written: it is as it was read, but for hints. */
  readonly agendaIsStored: boolean;
  readonly readiness: number;
  /** As of when the readiness is; absent: only folded. */
  readonly evaluatedAt?: Instant;
  /** When to look at it again; absent: never. */
  readonly wakeAt?: Instant | 'as before';
  /** As it was read. */
  readonly size: number;
  readonly refold: boolean;
  readonly name?: string;
  readonly ownerEmail?: string;
  /** As it was read: it is written elsewhere. */
  readonly hold?: Hold;
  readonly settledUnder?: string;
};

// The ids are given beside the records, so that rows are found by index: how many records there are the planner only
// guesses, and for a hundred it would read a table of thousands of rows instead.

/** Writes accounts whole, and keeps what was written at hand for the next time. */
export async function writeAccounts(
  known: KnownAccounts,
  tx: Sql,
  accounts: readonly AccountWrite[],
): Promise<void> {
  if (accounts.length === 0) return;
  // States are by far the most of it. As bytes beside the rest they are escaped neither here nor read twice there.
  const texts = createTexts();
  const written = new Map<AccountId, AccountRow>();
  const records = accounts.map((account) => {
    const state = JSON.stringify(account.state);
    const agenda = account.agendaIsStored ? undefined : JSON.stringify(account.agenda);
    written.set(
      account.id,
      toKnown(account, agenda === undefined ? account.size : state.length + agenda.length),
    );
    return {
      i: account.id,
      s: texts.add(state),
      h: account.signalsHash,
      g: agenda && texts.add(agenda),
      r: account.readiness,
      f: account.refold,
      n: account.name,
      o: account.ownerEmail,
      e: account.evaluatedAt,
      w: account.wakeAt === 'as before' ? undefined : account.wakeAt,
      k: account.wakeAt === 'as before' ? true : undefined,
    };
  });
  const { rows } = await tx.query<Version & { id: string }>({
    name: 'write-accounts',
    text: `update account as a
           set state = ${textAt('$2', 'n.s')}, seen = null, signals_hash = n.h,
               agenda = coalesce(${textAt('$2', 'n.g')}, a.agenda), readiness = n.r, refold = n.f, name = n.n,
               owner_email = n.o, evaluated_at = coalesce(${instant('n.e')}, a.evaluated_at),
               wake_at = case when n.k then a.wake_at else ${instant('n.w')} end
           from json_to_recordset($1::json)
             as n(i text, s int[], h text, g int[], r float8, f boolean, n text, o text, e float8, w float8, k boolean)
           where a.id = n.i and a.id = any(${listed('$3')}) returning a.id, a.xmin, a.ctid`,
    values: [JSON.stringify(records), texts.bytes(), JSON.stringify(accounts.map(({ id }) => id))],
  });
  keepWritten(known, rows, written);
}

/** Keeps what was just written, each with the version that it has now. */
function keepWritten(
  known: KnownAccounts,
  versions: readonly (Version & { readonly id: AccountId })[],
  written: ReadonlyMap<AccountId, AccountRow>,
): void {
  for (const { id, xmin, ctid } of versions) {
    const row = written.get(id);
    if (row !== undefined) known.keep({ ...row, version: { xmin, ctid } });
  }
}

const UNWRITTEN: Version = { xmin: '', ctid: '' };

function toKnown(account: AccountWrite, size: number): AccountRow {
  const { id, state, signalsHash, agenda, readiness, refold, hold, settledUnder } = account;
  return {
    id,
    version: UNWRITTEN,
    size,
    state,
    seen: {},
    signalsHash,
    agenda,
    readiness,
    refold,
    ...(hold && { hold }),
    ...(settledUnder !== undefined && { settledUnder }),
  };
}

/** Writes of accounts only when people were last heard of: nothing else about them has changed. */
export async function writeSeen(
  known: KnownAccounts,
  tx: Sql,
  accounts: readonly AccountRow[],
): Promise<void> {
  if (accounts.length === 0) return;
  const { rows } = await tx.query<Version & { id: string }>({
    name: 'write-seen',
    text: `update account as a set seen = n.s from json_to_recordset($1::json) as n(i text, s text)
           where a.id = n.i and a.id = any(${listed('$2')}) returning a.id, a.xmin, a.ctid`,
    values: [
      JSON.stringify(accounts.map(({ id, seen }) => ({ i: id, s: JSON.stringify(seen) }))),
      JSON.stringify(accounts.map(({ id }) => id)),
    ],
  });
  keepWritten(known, rows, new Map(accounts.map((row) => [row.id, row])));
}
