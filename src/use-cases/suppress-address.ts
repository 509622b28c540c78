import { findPeopleByEmail } from '../db/people.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { parseAddress } from '../delivery/address.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { normaliseAddress } from '../keys.ts';
import { lookAgain } from './look-again.ts';

/** Records that an address wants no more asks, or nothing at all. It outlives the person's erasure. */
export async function suppressAddress(
  deps: Deps,
  given: string,
  scope: 'asks' | 'all',
  reason: string,
): Promise<void> {
  const parsed = parseAddress(given);
  if ('fault' in parsed)
    throw new Refusal('invalid', parsed.fault, [{ field: 'addresses', message: parsed.fault }]);
  const address = normaliseAddress(parsed.address);
  const suppression = { addressHash: deps.keys.hashAddress(address), scope, reason, at: deps.clock() };
  await inRetriedTransaction(deps.db, async (tx) => {
    await insertSuppression(tx, suppression);
    const people = await findPeopleByEmail(tx, [address]);
    await lookAgain(deps, tx, [...people.map(({ id }) => id), `email:${address}`]);
  });
}
