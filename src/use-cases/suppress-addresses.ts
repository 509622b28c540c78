import { findPeopleByEmail } from '../db/people.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { parseAddress } from '../delivery/address.ts';
import type { Deps } from '../deps.ts';
import { invalidField } from '../errors.ts';
import { normaliseAddress } from '../keys.ts';
import { lookAgain } from './look-again.ts';

/**
 * Records that addresses want no more asks, or nothing at all, and takes back what is open for them. It outlives the
 * person's erasure. All of them or, where one is none, nothing: then throws an `invalid` Refusal.
 */
export async function suppressAddresses(
  deps: Deps,
  given: readonly string[],
  { scope, reason }: { readonly scope: 'asks' | 'all'; readonly reason: string },
): Promise<void> {
  const addresses = given.map(readAddress);
  const at = deps.clock();
  await inRetriedTransaction(deps.db, async (tx) => {
    for (const address of addresses) {
      await insertSuppression(tx, { addressHash: deps.keys.hashAddress(address), scope, reason, at });
    }
    const people = await findPeopleByEmail(tx, addresses);
    await lookAgain(deps, tx, [
      ...people.map(({ id }) => id),
      ...addresses.map((address) => `email:${address}`),
    ]);
  });
}

/** What is wrong with an address; undefined: nothing. */
export function addressFault(given: string): string | undefined {
  const parsed = parseAddress(given);
  return 'fault' in parsed ? parsed.fault : undefined;
}

function readAddress(given: string, index: number): string {
  const parsed = parseAddress(given);
  if ('address' in parsed) return normaliseAddress(parsed.address);
  throw invalidField(`addresses.${index}`, parsed.fault);
}
