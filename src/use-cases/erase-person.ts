import { randomBytes } from 'node:crypto';
import { lockAccounts } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import {
  accountsOfPerson,
  anonymiseAdvocate,
  anonymiseAsks,
  anonymiseProspect,
  catalogsNaming,
  deleteMails,
  deleteMentions,
  deletePerson,
  type ErasedPerson,
  type Introduction,
  introductionsOf,
  isBeingSent,
  mentionsOf,
} from '../db/erase-rows.ts';
import { insertErasures, readErasures } from '../db/erasures.ts';
import { type Identities, readIdentities } from '../db/find-identities.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { deleteEvents, findTracedEvents, rewriteEvents, type TracedEvent } from '../db/traced-events.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { normaliseAddress } from '../keys.ts';
import { eraseFromSnapshots } from './erase-snapshots.ts';
import { type Fates, fatesOf, sentencesOf } from './erased-event.ts';
import { findPerson, nobodyKnownAs } from './find-person.ts';
import { freshAccount } from './fresh-account.ts';
import { reconsider } from './reconsider.ts';
import { scrubRecords } from './scrub-records.ts';
import { type Traces, tracesOf } from './traces.ts';

export type Erasure = {
  /** False: they were erased before, and nothing was left to do. */
  readonly erased: boolean;
  /** What was removed, and what stays without them. */
  readonly events: { readonly removed: number; readonly kept: number };
  readonly mails: number;
  readonly asks: number;
  readonly referrals: number;
  readonly accounts: number;
  /** Versions of the catalog whose definitions name them: those are files of the growth team. */
  readonly namedInCatalogs: readonly number[];
};

/**
 * Takes a person out of every table, folds their accounts anew from what is left, and keeps their addresses suppressed
 * and their ids closed, both as keyed hashes. What is about their account stays, without them. Safe to run again
 * wherever it was cut short. Throws `not_found`, `conflict` and `busy` Refusals.
 */
export async function erasePerson(deps: Deps, given: string): Promise<Erasure> {
  const known = await findPerson(deps.db.pool, given);
  const [id] = known?.ids ?? [];
  if (known === undefined || id === undefined) return wasErased(deps, given);
  await close(deps, known);
  // What was being stored until then may have tied one more alias to them.
  const identities = await readIdentities(deps.db.pool, id);
  if (identities.ids.length > known.ids.length) await close(deps, identities);
  const person: ErasedPerson = { ...identities, pseudonym: `erased:${randomBytes(12).toString('hex')}` };
  const traces = tracesOf(identities);
  const introductions = await introductionsOf(deps.db.pool, person.addresses);
  const fates = fatesOf(traces, new Set(introductions.map(({ id }) => id)));
  const total = { ...NOTHING, erased: true };
  for (let round = 0; ; round += 1) {
    const found = await search(deps, traces, introductions, fates);
    if (round > 0 && found.length === 0) break;
    if (round === MOST_ROUNDS) throw new Error('Events of an erased person were found again and again.');
    add(
      total,
      await inRetriedTransaction(deps.db, (tx) =>
        erase(deps, tx, person, traces, { found, fates, introductions }),
      ),
    );
  }
  deps.wake();
  const namedInCatalogs = await catalogsNaming(deps.db.pool, [...traces.ids, ...person.addresses]);
  return { ...total, namedInCatalogs };
}

// The second time nothing is found, unless events changed hands between the search and the removal.
const MOST_ROUNDS = 5;

const NOTHING: Erasure = {
  erased: false,
  events: { removed: 0, kept: 0 },
  mails: 0,
  asks: 0,
  referrals: 0,
  accounts: 0,
  namedInCatalogs: [],
};

async function wasErased({ db, keys }: Deps, given: string): Promise<Erasure> {
  const names = [given, `anon:${given}`, `email:${normaliseAddress(given)}`];
  const erased = await readErasures(db.pool, names.map(keys.hashIdentity));
  if (erased.size === 0) throw nobodyKnownAs(given);
  return NOTHING;
}

/** From here on nothing more comes in about them, and nothing goes out. */
function close({ db, keys, clock }: Deps, { ids, addresses }: Identities): Promise<void> {
  const at = clock();
  const closed = [...new Set([...ids, ...addresses.map((address) => `email:${address}`)])];
  return inRetriedTransaction(db, async (tx) => {
    await insertErasures(tx, closed.map(keys.hashIdentity), at);
    for (const address of addresses) {
      const addressHash = keys.hashAddress(address);
      await insertSuppression(tx, { addressHash, scope: 'all', reason: 'erased', at });
    }
  });
}

async function search(
  { db }: Deps,
  traces: Traces,
  introductions: readonly Introduction[],
  fates: Fates,
): Promise<TracedEvent[]> {
  const found: TracedEvent[] = [];
  const marks = [...traces.marks, ...introductions.map(({ id }) => id.toLowerCase())];
  for await (const page of findTracedEvents(db.pool, { ids: traces.ids, marks }))
    found.push(...page.filter((event) => fates(event) !== 'stays'));
  return found;
}

type Found = {
  readonly found: readonly TracedEvent[];
  readonly fates: Fates;
  readonly introductions: readonly Introduction[];
};

type Done = Pick<Erasure, 'events' | 'mails' | 'asks' | 'referrals' | 'accounts'>;

async function erase(
  deps: Deps,
  tx: Sql,
  person: ErasedPerson,
  traces: Traces,
  { found, fates, introductions }: Found,
): Promise<Done> {
  const accounts = new Set(await accountsOfPerson(tx, person));
  for (const { accountId } of found) if (accountId !== '') accounts.add(accountId);
  const ids = [...accounts].sort();
  await lockAccounts(deps.db.known.accounts, tx, ids, deps.clock(), freshAccount(deps));
  if (await isBeingSent(tx, person.ids))
    throw new Refusal('busy', 'A mail to them is being sent this moment; try again in a minute.');
  const events = await eraseEvents(tx, found, fates);
  const mails = await deleteMails(tx, person);
  const asks = await anonymiseAsks(tx, person, deps.clock());
  const referrals = (await anonymiseProspect(tx, person)) + (await anonymiseAdvocate(tx, person));
  const words = introductions.flatMap(({ name, note }) => [name, note].filter((word) => word !== null));
  await deletePerson(tx, person);
  await eraseFromSnapshots(tx, traces, ids);
  const referred = introductions.map(({ id }) => id.toLowerCase());
  await deleteMentions(tx, [...mentionsOf(traces.ids, traces.marks), ...referred]);
  const sentences = [...sentencesOf(found, traces), ...words];
  await scrubRecords(tx, traces, { accounts: ids, sentences });
  await reconsider(deps, tx, {
    events: [],
    moved: { accounts, events: new Set() },
    atAnySize: true,
  });
  return { events, mails, asks, referrals, accounts: ids.length };
}

async function eraseEvents(tx: Sql, found: readonly TracedEvent[], fateOf: Fates) {
  const fates = found.map((event) => ({ event, fate: fateOf(event) }));
  const gone = fates.filter(({ fate }) => fate === 'gone').map(({ event }) => event);
  const rewritten = fates.flatMap(({ fate }) => (typeof fate === 'object' ? [fate] : []));
  await deleteEvents(tx, gone);
  await rewriteEvents(tx, rewritten);
  return { removed: gone.length, kept: rewritten.length };
}

function add(total: { -readonly [K in keyof Erasure]: Erasure[K] }, done: Done): void {
  total.events = {
    removed: total.events.removed + done.events.removed,
    kept: total.events.kept + done.events.kept,
  };
  total.mails += done.mails;
  total.asks += done.asks;
  total.referrals += done.referrals;
  total.accounts = Math.max(total.accounts, done.accounts);
}
