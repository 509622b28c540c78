import { readAccount } from '../db/accounts.ts';
import type { Sql } from '../db/client.ts';
import { setAccountHold, setPersonHold } from '../db/holds.ts';
import { readPeople } from '../db/people.ts';
import type { Hold } from '../engine/account.ts';

/** Holds an account or a person, unless somebody has held them for longer already. */
export async function extendHold(tx: Sql, what: 'account' | 'person', id: string, hold: Hold): Promise<void> {
  const known = what === 'account' ? await readAccount(tx, id) : (await readPeople(tx, [id])).get(id);
  if (known?.hold !== undefined && known.hold.until >= hold.until) return;
  await (what === 'account' ? setAccountHold(tx, id, hold) : setPersonHold(tx, id, hold));
}
