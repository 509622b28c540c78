import { accountsWithOpenAsks } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { PersonId } from '../engine/event.ts';
import { reconsider } from './reconsider.ts';

/** Takes back what is open for people who have just said no, in the transaction that keeps their word. */
export async function lookAgain(deps: Deps, tx: Sql, people: readonly PersonId[]): Promise<void> {
  const accounts = await accountsWithOpenAsks(tx, people);
  if (accounts.length > 0) await reconsider(deps, tx, { events: [], woken: accounts });
}
