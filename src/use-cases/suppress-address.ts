import { insertSuppression } from '../db/suppressions.ts';
import { parseAddress } from '../delivery/address.ts';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';

/** Records that an address wants no more asks, or nothing at all. It outlives the person's erasure. */
export async function suppressAddress(
  deps: Pick<Deps, 'db' | 'keys' | 'clock'>,
  address: string,
  scope: 'asks' | 'all',
  reason: string,
): Promise<void> {
  const parsed = parseAddress(address);
  if ('fault' in parsed)
    throw new Refusal('invalid', parsed.fault, [{ field: 'addresses', message: parsed.fault }]);
  await insertSuppression(deps.db.pool, {
    addressHash: deps.keys.hashAddress(parsed.address),
    scope,
    reason,
    at: deps.clock(),
  });
}
