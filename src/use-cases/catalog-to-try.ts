import { fieldErrors, formatFaults } from '../catalog/fault.ts';
import { parseCatalog } from '../catalog/read-catalog.ts';
import { readCatalogContent } from '../db/catalogs.ts';
import type { Deps } from '../deps.ts';
import type { Catalog } from '../engine/catalog.ts';
import { Refusal } from '../errors.ts';
import { fromContent } from './catalog-store.ts';

type Files = Readonly<Record<string, string>>;

/** Definitions by the number or the hash of a version, or by the texts of their files. */
export type CatalogToTry = number | string | { readonly triggers: Files } | Files;

/** The definitions meant; absent, those in force. Throws `not_found` and `invalid` Refusals. */
export async function catalogToTry(
  deps: Pick<Deps, 'db' | 'catalog'>,
  asked: CatalogToTry | undefined,
): Promise<Catalog> {
  if (asked === undefined) return deps.catalog().catalog;
  if (typeof asked !== 'object') {
    const by = typeof asked === 'number' ? { version: asked } : { hash: asked };
    const stored = await readCatalogContent(deps.db.pool, by);
    if (stored === undefined) throw new Refusal('not_found', `There is no catalog version ${asked}.`);
    return fromContent(stored).catalog;
  }
  const { catalog, faults } = parseCatalog({ triggers: filesIn(asked) });
  if (catalog !== undefined) return catalog.catalog;
  throw new Refusal(
    'invalid',
    `The catalog has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}.\n${formatFaults(faults)}`,
    fieldErrors(faults),
  );
}

const filesIn = (asked: { readonly triggers: Files } | Files): Files =>
  typeof asked['triggers'] === 'object' ? asked['triggers'] : onlyTexts(asked);

const onlyTexts = (files: Readonly<Record<string, unknown>>): Files =>
  Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
