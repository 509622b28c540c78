import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';
import { listed } from './rows.ts';

/** `asks`: no more asks; `all`: nothing at all. */
export type SuppressionScope = 'asks' | 'all';

export type Suppression = {
  /** By `keys.hashAddress`, so that it outlives the person's erasure. */
  readonly addressHash: string;
  readonly scope: SuppressionScope;
  readonly reason: string;
  readonly at: Instant;
};

/** The first reason and day stay as they are when an address is suppressed again. */
export async function insertSuppression(
  tx: Sql,
  { addressHash, scope, reason, at }: Suppression,
): Promise<void> {
  await tx.query(
    `insert into suppression (address_hash, scope, reason, created_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [addressHash, scope, reason, new Date(at)],
  );
}

/** The wider scope of each address that has one, by its hash. */
export async function readSuppressions(
  tx: Sql,
  addressHashes: readonly string[],
): Promise<Map<string, SuppressionScope>> {
  if (addressHashes.length === 0) return new Map();
  const { rows } = await tx.query<{ address_hash: string; scope: string }>({
    name: 'suppressions',
    text: `select address_hash, scope from suppression where address_hash = any(${listed('$1')})`,
    values: [JSON.stringify(addressHashes)],
  });
  const found = new Map<string, SuppressionScope>();
  for (const { address_hash: hash, scope } of rows) {
    if (scope === 'all' || found.get(hash) !== 'all') found.set(hash, scope === 'all' ? 'all' : 'asks');
  }
  return found;
}
