import { formatFaults } from '../catalog/fault.ts';
import { parseCatalog } from '../catalog/read-catalog.ts';
import { readCatalogContent } from '../db/catalogs.ts';
import type { Deps } from '../deps.ts';
import type { Catalog } from '../engine/catalog.ts';
import { Refusal } from '../errors.ts';
import { fromContent } from './catalog-store.ts';

/** Definitions by a version of the catalog, or by the texts of their files. */
export type CatalogToTry = number | { readonly triggers: Readonly<Record<string, string>> };

/** The definitions meant; absent, those in force. Throws `not_found` and `invalid` Refusals. */
export async function catalogToTry(
  deps: Pick<Deps, 'db' | 'catalog'>,
  asked: CatalogToTry | undefined,
): Promise<Catalog> {
  if (asked === undefined) return deps.catalog().catalog;
  if (typeof asked === 'number') {
    const stored = await readCatalogContent(deps.db.pool, { version: asked });
    if (stored === undefined) throw new Refusal('not_found', `There is no catalog version ${asked}.`);
    return fromContent(stored).catalog;
  }
  const { catalog, faults } = parseCatalog({ triggers: asked.triggers });
  if (catalog !== undefined) return catalog.catalog;
  const errors = faults.map(({ file, path, message }) => ({ field: `${file} ${path}`.trim(), message }));
  throw new Refusal('invalid', `The catalog has ${faults.length} faults.\n${formatFaults(faults)}`, errors);
}
