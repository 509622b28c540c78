import { accountsWithOpenAsks } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import { clearAccountHold, clearPersonHold, setAccountHold, setPersonHold } from '../db/holds.ts';
import { readPeople } from '../db/people.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import type { Hold } from '../engine/account.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import { Refusal } from '../errors.ts';
import { isTheirWord } from './answer-as-advocate.ts';
import { reconsider } from './reconsider.ts';
import { requireStillToCome } from './still-to-come.ts';
import { unknownAccount, unknownPerson } from './unknown.ts';

/**
 * Holds every ask of an account until an instant: talks under way, a merger, "I asked her on the phone". Throws
 * `not_found`, and `invalid` for an end that is past.
 */
export async function holdAccountByHand(deps: Deps, id: AccountId, hold: Hold): Promise<void> {
  requireStillToCome('until', hold.until, deps.clock());
  await change(deps, async (tx) => {
    if (!(await setAccountHold(tx, id, hold))) throw unknownAccount(id);
    return [id];
  });
}

export async function liftAccountHold(deps: Deps, id: AccountId): Promise<void> {
  await change(deps, async (tx) => {
    if (!(await clearAccountHold(tx, id))) throw unknownAccount(id);
    return [id];
  });
}

/** Holds every ask to a person, in whatever account. Throws as holding an account does. */
export async function holdPersonByHand(deps: Deps, id: PersonId, hold: Hold): Promise<void> {
  requireStillToCome('until', hold.until, deps.clock());
  await change(deps, async (tx) => {
    if (isTheirWord(await holdOf(tx, id))) return [];
    await setPersonHold(tx, id, hold);
    return accountsOf(tx, id);
  });
}

/** Throws `conflict` where the person has asked not to be asked: that is no hold of ours. */
export async function liftPersonHold(deps: Deps, id: PersonId): Promise<void> {
  await change(deps, async (tx) => {
    if (isTheirWord(await holdOf(tx, id)))
      throw new Refusal('conflict', `"${id.slice(0, 200)}" asked not to be asked, so the hold stays.`);
    await clearPersonHold(tx, id);
    return accountsOf(tx, id);
  });
}

async function holdOf(tx: Sql, id: PersonId): Promise<Hold | undefined> {
  const person = (await readPeople(tx, [id])).get(id);
  if (person === undefined) throw unknownPerson(id);
  return person.hold;
}

/** The hold and what it means for asks that are open are one transaction. */
async function change(deps: Deps, work: (tx: Sql) => Promise<AccountId[]>): Promise<void> {
  await inRetriedTransaction(deps.db, async (tx) => {
    const accounts = await work(tx);
    await reconsider(deps, tx, { events: [], woken: accounts });
  });
}

/** Where something is open for them, or may have waited for them. */
async function accountsOf(tx: Sql, id: PersonId): Promise<AccountId[]> {
  const bindings = (await readPeople(tx, [id])).get(id)?.bindings ?? [];
  return [...bindings.flatMap(({ active }) => active), ...(await accountsWithOpenAsks(tx, [id]))];
}
