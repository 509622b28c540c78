import type { Instant } from '../engine/time.ts';
import type { Sql } from './client.ts';

export type CatalogVersion = { readonly version: number; readonly hash: string };

export type CatalogRecord = CatalogVersion & {
  readonly publishedAt: Date;
  readonly publishedBy: string;
  readonly note: string | null;
};

/** The version in force: the last one. */
export async function latestCatalog(tx: Sql): Promise<CatalogVersion | undefined> {
  const { rows } = await tx.query<CatalogVersion>({
    name: 'latest-catalog',
    text: 'select version, hash from catalog_version order by version desc limit 1',
  });
  return rows[0];
}

/** Lets one publish at a time: the next one sees what this one has published. Readers do not wait. */
export async function lockCatalogs(tx: Sql): Promise<void> {
  await tx.query('lock table catalog_version in share row exclusive mode');
}

/** The last version that came from the files, not from a rollback. */
export async function latestCatalogOfFiles(tx: Sql): Promise<CatalogVersion | undefined> {
  const { rows } = await tx.query<CatalogVersion>(
    `select version, hash from catalog_version where published_by <> '${ROLLBACK}' order by version desc limit 1`,
  );
  return rows[0];
}

/** Who is said to have published a version that was put in force again. */
export const ROLLBACK = 'rollback';

export async function listCatalogs(tx: Sql, limit: number): Promise<CatalogRecord[]> {
  const { rows } = await tx.query<CatalogRecord>(
    `select version, hash, published_at as "publishedAt", published_by as "publishedBy", note
     from catalog_version order by version desc limit $1`,
    [limit],
  );
  return rows;
}

/** What a version held, as it was written. */
export async function readCatalogContent(
  tx: Sql,
  by: { readonly version: number } | { readonly hash: string },
): Promise<(CatalogVersion & { readonly content: string }) | undefined> {
  const [column, value] = 'version' in by ? ['version', by.version] : ['hash', by.hash];
  const { rows } = await tx.query<CatalogVersion & { content: string }>(
    `select version, hash, content from catalog_version where ${column} = $1 order by version desc limit 1`,
    [value],
  );
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
