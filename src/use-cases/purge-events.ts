import { holdAccount, readAccount } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import { lockEveryIdentity, readPeople } from '../db/people.ts';
import {
  deleteEvents,
  deleteUnboundEvents,
  findAccountsWithOldEvents,
  findOldEvents,
  insertPastAliases,
  insertPastMemberships,
  type OldEvent,
  type PurgedEvent,
  writeSnapshot,
} from '../db/purged-events.ts';
import { inRetriedTransaction, isUnavailable } from '../db/retry.ts';
import { readSetting, writeSetting } from '../db/settings.ts';
import type { Deps } from '../deps.ts';
import { turnsAt } from '../engine/binding.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { fold } from '../engine/fold.ts';
import type { Instant } from '../engine/time.ts';
import { isPending } from './resolve-aliases.ts';
import { startingState } from './starting-state.ts';

type PurgeDeps = Pick<Deps, 'db' | 'config' | 'clock' | 'catalog' | 'log'>;

/** Events a transaction: a few milliseconds in which their account waits. */
const STEP = 500;
/** Transactions a run, and pages of accounts that are looked through: the next run goes on where this one stopped. */
const STEPS = 600;
const PAGES = 50;
const PAGE = 500;

const PLACE = 'purged up to';

/**
 * Deletes events whose EVENT_RETENTION is over, in small steps. Their ids stay, so that none counts twice; what they
 * folded to stays as the account's snapshot, and the account itself is not touched.
 */
export async function purgeEvents(deps: PurgeDeps): Promise<void> {
  const { pool } = deps.db;
  const before = deps.clock() - deps.config.EVENT_RETENTION;
  let steps = STEPS;
  while (steps > 0 && (await deleteUnboundEvents(pool, before, STEP)) === STEP) steps -= 1;
  let place: AccountId | undefined = (await readSetting(pool, PLACE)) ?? '';
  for (let page = 0; page < PAGES && place !== undefined && steps > 0; page += 1) {
    const { last, withOld } = await findAccountsWithOldEvents(pool, place, before, PAGE);
    for (const id of withOld) {
      place = id;
      // Before anything is done to it: should this account take the database down with it, the next run begins behind it.
      await writeSetting(pool, PLACE, place);
      steps -= await purgeAccount(deps, id, before, steps);
      if (steps <= 0) break;
    }
    if (steps > 0) place = last;
  }
  await writeSetting(pool, PLACE, place ?? '');
}

/**
 * Returns how many steps were taken. An account that is not finished, or whose events cannot be purged, is begun with
 * again when it comes around.
 */
async function purgeAccount(deps: PurgeDeps, id: AccountId, before: Instant, most: number): Promise<number> {
  let taken = 0;
  try {
    for (let count = STEP; count === STEP && taken < most; ) {
      taken += 1;
      count = await inRetriedTransaction(deps.db, (tx) => purgeStep(deps, tx, id, before));
    }
  } catch (error) {
    if (isUnavailable(error)) throw error;
    deps.log.error(
      { err: error, account: id },
      'old events of an account could not be deleted; it is passed over',
    );
  }
  return taken;
}

async function purgeStep(deps: PurgeDeps, tx: Sql, id: AccountId, before: Instant): Promise<number> {
  const old = await findOldEvents(tx, id, before, STEP);
  // Who an alias is must not come out while it is written down whose events these were.
  if (old.some(({ personId }) => personId !== undefined && isPending(personId))) await lockEveryIdentity(tx);
  await holdAccount(tx, id);
  const waiting = await waitingEvents(tx, id);
  const purged = await deleteEvents(
    tx,
    id,
    old.filter((event) => !waiting.has(event.id)),
  );
  if (purged.length === 0) return 0;
  await keepWhoIsWhere(tx, id, purged);
  const { signalIndex, signalMarks } = deps.catalog();
  const start = await startingState(deps, tx, id);
  const state = purged.reduce((folded, event) => fold(folded, event, signalIndex), start);
  await writeSnapshot(tx, id, { state, signals: signalMarks }, purged.length, deps.clock());
  return old.length;
}

/** What may still open a trigger is looked up when the account is folded anew. */
async function waitingEvents(tx: Sql, id: AccountId): Promise<ReadonlySet<OldEvent['id']>> {
  const openings = (await readAccount(tx, id))?.agenda.openings ?? {};
  return new Set(Object.values(openings).flatMap((waiting) => waiting.map((opening) => opening.id)));
}

async function keepWhoIsWhere(tx: Sql, id: AccountId, purged: readonly PurgedEvent[]): Promise<void> {
  const people = await readPeople(tx, [...new Set(purged.flatMap(({ personId }) => personId ?? []))]);
  const isTurn = ({ personId, source, ownAccountId, occurredAt }: PurgedEvent) =>
    personId !== undefined &&
    ownAccountId !== null &&
    source !== 'goodturn' &&
    turnsAt(people.get(personId)?.bindings ?? [], occurredAt);
  await insertPastMemberships(tx, purged.filter(isTurn));
  const aliases = purged.flatMap(({ reportedPerson }) =>
    reportedPerson !== null && isPending(reportedPerson) ? reportedPerson : [],
  );
  await insertPastAliases(tx, id, [...new Set<PersonId>(aliases)]);
}
