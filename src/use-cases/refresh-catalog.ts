import type { Deps } from '../deps.ts';
import type { CatalogStore } from './catalog-store.ts';

/** Puts in force what was published since, here or by another process. Asks that were made keep their own version. */
export async function refreshCatalog(deps: Pick<Deps, 'db' | 'log'>, catalogs: CatalogStore): Promise<void> {
  if (!(await catalogs.refresh(deps.db.pool))) return;
  const { version, hash } = catalogs.current();
  deps.log.info({ version, hash: hash.slice(0, 12) }, 'another catalog version is in force');
}
