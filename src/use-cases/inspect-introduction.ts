import { readAccount } from '../db/accounts.ts';
import type { AdvocateLink } from '../db/advocates.ts';
import type { Sql } from '../db/client.ts';
import { findPeopleByEmail, readPeople } from '../db/people.ts';
import { addressesThatReferred } from '../db/referrals.ts';
import { activeAt } from '../engine/binding.ts';
import { companyOf } from '../referrals/address.ts';
import { type Suspicion, suspect } from '../referrals/fraud.ts';
import { addressOfPerson } from './address-of-person.ts';

/** Why an introduction should wait for a person to look at it; `today`: how many came through this link. */
export async function inspectIntroduction(
  tx: Sql,
  { accountId, personId }: AdvocateLink,
  { email, company }: { readonly email: string; readonly company: string },
  today: number,
): Promise<readonly Suspicion[]> {
  const own = addressOfPerson(personId, (await readPeople(tx, [personId])).get(personId));
  const domain = (await readAccount(tx, accountId))?.state.traits['domain']?.value;
  const returned = own === undefined ? [] : await addressesThatReferred(tx, companyOf(own).key, 1000);
  return suspect({
    email,
    advocate: {
      ...(own === undefined ? {} : { email: own }),
      domains: typeof domain === 'string' ? [domain] : [],
    },
    inOwnAccount: await isIn(tx, accountId, email),
    returned: returned.some((address) => companyOf(address).key === company),
    today,
  });
}

async function isIn(tx: Sql, accountId: string, email: string): Promise<boolean> {
  const found = await findPeopleByEmail(tx, [email.toLowerCase()]);
  const people = await readPeople(
    tx,
    found.map(({ id }) => id),
  );
  return [...people.values()].some(({ bindings }) =>
    activeAt(bindings, Number.MAX_SAFE_INTEGER).includes(accountId),
  );
}
