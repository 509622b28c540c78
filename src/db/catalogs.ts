import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

export type CatalogVersion = { readonly version: number; readonly hash: string };

export async function latestCatalog(tx: Sql): Promise<CatalogVersion | undefined> {
  const { rows } = await tx.query<CatalogVersion>('select version, hash from catalog_version order by version desc limit 1');
  return rows[0];
}

/** Stores an immutable version of the catalog. */
export async function insertCatalog(
  tx: Sql,
  catalog: { readonly hash: string; readonly content: string; readonly by: string; readonly note?: string },
  now: Instant,
): Promise<CatalogVersion> {
  const { rows } = await tx.query<CatalogVersion>(
    `insert into catalog_version (hash, content, published_at, published_by, note) values ($1, $2, $3, $4, $5)
     returning version, hash`,
    [catalog.hash, catalog.content, new Date(now), catalog.by, catalog.note ?? null],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('A catalog version was not stored.');
  return made;
}
