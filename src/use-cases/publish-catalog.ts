import { type CatalogInForce, putInForce } from '../catalog/in-force.ts';
import type { PublishedCatalog } from '../catalog/published.ts';
import { formatFaults } from '../catalog/fault.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Config } from '../config.ts';
import { insertCatalog, latestCatalog } from '../db/catalogs.ts';
import type { Db } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Instant } from '../engine/time.ts';

/**
 * Checks the catalog on disk as a whole and stores it as a new version where it has changed. Throws one error that
 * lists every fault; then nothing is published.
 */
export async function publishCatalog(
  db: Db,
  config: Pick<Config, 'TRIGGERS_DIR' | 'TEMPLATES_DIR'>,
  by: string,
  now: Instant,
): Promise<{ readonly inForce: CatalogInForce; readonly published: boolean; readonly notes: readonly string[] }> {
  const { catalog, faults, notes } = await readCatalog({ triggersDir: config.TRIGGERS_DIR, templatesDir: config.TEMPLATES_DIR });
  if (catalog === undefined) {
    throw new Error(`The catalog has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing was published.\n${formatFaults(faults)}`);
  }
  const { version, published } = await inRetriedTransaction(db, async (tx) => {
    const latest = await latestCatalog(tx);
    if (latest?.hash === catalog.hash) return { version: latest.version, published: false };
    const made = await insertCatalog(tx, { hash: catalog.hash, content: JSON.stringify(contentOf(catalog)), by }, now);
    return { version: made.version, published: true };
  });
  return { inForce: putInForce({ ...catalog, version }), published, notes: notes.length === 0 ? [] : [formatFaults(notes)] };
}

/** All of it, so that a version can be put in force again when the files have moved on. */
function contentOf({ catalog, program, templates }: Omit<PublishedCatalog, 'version'>) {
  return { catalog, program, templates: [...templates.values()] };
}
