import type { KeyKind } from '../keys.ts';
import type { Sql } from './client.ts';

/** Each key's hash and kind. */
export async function readApiKeys(tx: Sql): Promise<[hash: string, kind: KeyKind][]> {
  const { rows } = await tx.query<{ hash: string; kind: KeyKind }>('select hash, kind from api_key');
  return rows.map(({ hash, kind }) => [hash, kind]);
}

/** All keys, the oldest first, without what would open anything. */
export async function listApiKeys(tx: Sql): Promise<{ kind: KeyKind; last4: string; createdAt: Date }[]> {
  const { rows } = await tx.query<{ kind: KeyKind; last4: string; created_at: Date }>(
    'select kind, last4, created_at from api_key order by created_at, kind',
  );
  return rows.map(({ kind, last4, created_at: createdAt }) => ({ kind, last4, createdAt }));
}

/** Keeps a key as its hash and its last four characters. */
export async function insertApiKey(
  tx: Sql,
  key: { readonly hash: string; readonly kind: KeyKind; readonly last4: string },
  now: number,
): Promise<void> {
  await tx.query('insert into api_key (hash, kind, last4, created_at) values ($1, $2, $3, $4)', [
    key.hash,
    key.kind,
    key.last4,
    new Date(now),
  ]);
}
