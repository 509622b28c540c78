import type { Deps } from '../deps.ts';

/** Puts in force what was published since, here or by another process. Asks that were made keep their own version. */
export async function refreshCatalog(deps: Pick<Deps, 'catalog' | 'refreshCatalog' | 'log'>): Promise<void> {
  if (!(await deps.refreshCatalog())) return;
  const { version, hash } = deps.catalog();
  deps.log.info({ version, hash: hash.slice(0, 12) }, 'another catalog version is in force');
}
