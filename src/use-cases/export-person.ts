import { accountsOfPerson, mentionsOf } from '../db/erase-rows.ts';
import { readAccountsOfPerson, readMentions, readRowsOfPerson } from '../db/export-rows.ts';
import { fromJson } from '../db/rows.ts';
import { findTracedEvents } from '../db/traced-events.ts';
import type { Deps } from '../deps.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import { findPerson, nobodyKnownAs } from './find-person.ts';
import { tracesOf } from './traces.ts';

export type PersonExport = {
  readonly person: string;
  readonly exportedAt: Instant;
  readonly knownAs: { readonly ids: readonly string[]; readonly addresses: readonly string[] };
  /** Rows by table. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Events of others that name them: what is in those is not theirs. */
  readonly mentionedIn: readonly { readonly id: string; readonly account: string; readonly name: string }[];
};

/** Everything that is kept about a person, from every table. Throws `not_found` and `conflict` Refusals. */
export async function exportPerson(
  deps: Pick<Deps, 'db' | 'keys' | 'clock'>,
  given: string,
): Promise<PersonExport> {
  const { pool } = deps.db;
  const identities = await findPerson(pool, given);
  if (identities === undefined) throw nobodyKnownAs(given);
  const { ids, addresses } = identities;
  const addressHashes = addresses.map(deps.keys.hashAddress);
  const rows = await readRowsOfPerson(pool, { ids, addresses, addressHashes });
  const traces = tracesOf(identities);
  const mentions = await readMentions(pool, mentionsOf(traces.ids, traces.marks));
  const accounts = await readAccountsOfPerson(pool, await accountsOfPerson(pool, identities));
  const mentionedIn: { id: string; account: string; name: string }[] = [];
  for await (const page of findTracedEvents(pool, { ids: [], marks: traces.marks }))
    for (const { id, accountId: account, name, personId, reportedPerson } of page)
      if (!ids.includes(personId ?? reportedPerson ?? '')) mentionedIn.push({ id, account, name });
  return {
    person: ids[0] ?? given,
    exportedAt: deps.clock(),
    knownAs: { ids, addresses },
    tables: {
      ...Object.fromEntries(Object.entries(rows).map(([table, all]) => [table, all.map(withJson)])),
      account: accounts.map(({ id, name, state }) => ({ id, name, remembered: remembered(state, ids) })),
      ...Object.fromEntries(Object.entries(mentions).map(([table, all]) => [table, all.map(withJson)])),
    },
    mentionedIn,
  };
}

/** JSON that is kept as text is handed over as JSON. */
function withJson(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      JSON_COLUMNS.has(name) && typeof value === 'string' ? fromJson<unknown>(value) : value,
    ]),
  );
}

const JSON_COLUMNS: ReadonlySet<string> = new Set(
  'traits bindings properties reasons opening content fallback gates message stages body'.split(' '),
);

function remembered(state: string, ids: readonly string[]) {
  const { people, answers, referrals } = fromJson<AccountState>(state);
  const theirs = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => ids.includes(id)));
  const brought = Object.entries(referrals).filter(([, { personId }]) => ids.includes(personId ?? ''));
  return { people: theirs(people), answers: theirs(answers), referrals: Object.fromEntries(brought) };
}
