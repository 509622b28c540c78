import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

/**
 * Keeps that these identities are erased, for good. Batches that are being stored end first, and every batch that
 * begins after the commit finds it, because each claims its ids in `event_id` before it looks.
 */
export async function insertErasures(tx: Sql, hashes: readonly string[], at: Instant): Promise<void> {
  await tx.query('lock table event_id in share row exclusive mode');
  await tx.query(
    'insert into erasure (identity_hash, erased_at) select unnest($1::text[]), $2 on conflict do nothing',
    [hashes, new Date(at)],
  );
}

/** Those of these identities that are erased, by `keys.hashIdentity`. */
export async function readErasures(tx: Sql, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await tx.query<{ identity_hash: string }>({
    name: 'erasures',
    text: 'select identity_hash from erasure where identity_hash = any($1)',
    values: [hashes],
  });
  return new Set(rows.map((row) => row.identity_hash));
}
