import { type Fault, fieldErrors, formatFaults } from '../catalog/fault.ts';
import { type CatalogInForce, putInForce } from '../catalog/in-force.ts';
import type { PublishedCatalog } from '../catalog/published.ts';
import { type CheckResult, readCatalog } from '../catalog/read-catalog.ts';
import type { Config } from '../config.ts';
import {
  type CatalogVersion,
  insertCatalog,
  latestCatalog,
  latestCatalogOfFiles,
  lockCatalogs,
  ROLLBACK,
  readCatalogContent,
} from '../db/catalogs.ts';
import type { Db, Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { startRound } from '../db/rounds.ts';
import type { Deps } from '../deps.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { fromContent, toContent } from './catalog-store.ts';

export type Published = {
  readonly inForce: CatalogInForce;
  /** False: the files hold what is in force already. */
  readonly published: boolean;
  /** What the check wants to be known, guardrails that are loosened above all. */
  readonly notes: readonly string[];
};

/** Reads and checks the catalog on disk as a whole. */
export const readFiles = (config: Pick<Config, 'TRIGGERS_DIR' | 'TEMPLATES_DIR'>): Promise<CheckResult> =>
  readCatalog({ triggersDir: config.TRIGGERS_DIR, templatesDir: config.TEMPLATES_DIR });

/**
 * Stores the catalog that was read from disk as a new version where it has changed. At `start` the files have
 * to differ from the last ones published, so that a rollback outlives a restart; by hand, from what is in force.
 * Throws one error that lists every fault; then nothing is published.
 */
export async function publishCatalog(
  db: Pick<Db, 'pool'>,
  reading: Promise<CheckResult>,
  by: { readonly who: string; readonly note?: string; readonly at: 'start' | 'hand' },
  now: Instant,
): Promise<Published> {
  const files = await reading;
  if (files.catalog === undefined) throw new FaultyCatalog(files.faults);
  const catalog = files.catalog;
  const notes = files.notes.map((note) => formatFaults([note]));
  return inRetriedTransaction(db, async (tx) => {
    await lockCatalogs(tx);
    const latest = await latestCatalog(tx);
    const compared = by.at === 'start' ? await latestCatalogOfFiles(tx) : latest;
    if (latest !== undefined && compared?.hash === catalog.hash) {
      return { inForce: await load(tx, latest, catalog), published: false, notes };
    }
    const note = by.note === undefined ? {} : { note: by.note };
    const { version } = await insertCatalog(
      tx,
      { hash: catalog.hash, content: toContent(catalog), by: by.who, ...note },
      now,
    );
    if (latest !== undefined) await lookAtAllAgain(tx, latest, { version, catalog: catalog.catalog });
    return { inForce: putInForce({ ...catalog, version }), published: true, notes };
  });
}

/** The version in force, whatever the files say by now; the files where nothing was ever published. */
export async function catalogInForce(
  db: Pick<Db, 'pool'>,
  config: Pick<Config, 'TRIGGERS_DIR' | 'TEMPLATES_DIR'>,
  now: Instant,
): Promise<CatalogInForce> {
  const latest = await latestCatalog(db.pool);
  const stored = latest && (await readCatalogContent(db.pool, latest));
  if (stored !== undefined) return putInForce(fromContent(stored));
  return (await publishCatalog(db, readFiles(config), { who: 'start', at: 'start' }, now)).inForce;
}

/** Publishes on request. Throws `FaultyCatalog`, which is the caller's to mend. */
export function publishByHand(
  { db, config, clock }: Pick<Deps, 'db' | 'config' | 'clock'>,
  by: { readonly who: string; readonly note?: string; readonly at: 'hand' },
): Promise<Published> {
  return publishCatalog(db, readFiles(config), by, clock());
}

/**
 * Puts an earlier version in force again, as a new version; one that is in force already stays so. Throws a `not_found`
 * Refusal when there is no such one.
 */
export function rollBackCatalog(
  db: Pick<Db, 'pool'>,
  version: number,
  now: Instant,
): Promise<CatalogVersion> {
  return inRetriedTransaction(db, async (tx) => {
    await lockCatalogs(tx);
    const earlier = await readCatalogContent(tx, { version });
    if (earlier === undefined) throw new Refusal('not_found', `There is no catalog version ${version}.`);
    const { hash, content } = earlier;
    const latest = await latestCatalog(tx);
    if (latest?.hash === hash) return latest;
    const again = { hash, content, by: ROLLBACK, note: `back to version ${version}` };
    const made = await insertCatalog(tx, again, now);
    const { catalog } = fromContent(earlier);
    if (latest !== undefined) await lookAtAllAgain(tx, latest, { version: made.version, catalog });
    return made;
  });
}

/**
 * Where another version decides otherwise, accounts sleep until instants that the version before has found: all are
 * looked at again, by and by. Those whose signals have changed are folded anew, and looked at with that.
 */
async function lookAtAllAgain(
  tx: Sql,
  before: CatalogVersion,
  { version, catalog }: Pick<PublishedCatalog, 'version' | 'catalog'>,
): Promise<void> {
  const stored = await readCatalogContent(tx, { version: before.version });
  const rules = ({ triggers, guardrails }: Catalog) => JSON.stringify([triggers, guardrails]);
  if (stored !== undefined && rules(fromContent(stored).catalog) !== rules(catalog))
    await startRound(tx, version);
}

async function load(
  tx: Sql,
  latest: CatalogVersion,
  files: Omit<PublishedCatalog, 'version'>,
): Promise<CatalogInForce> {
  if (latest.hash === files.hash) return putInForce({ ...files, version: latest.version });
  const stored = await readCatalogContent(tx, { version: latest.version });
  if (stored === undefined) throw new Error(`The catalog version ${latest.version} is not in the database.`);
  return putInForce(fromContent(stored));
}

/** What the growth team wrote cannot be published; the message lists every fault. */
export class FaultyCatalog extends Refusal {
  constructor(faults: readonly Fault[]) {
    super(
      'invalid',
      `The catalog has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing was published.\n${formatFaults(faults)}`,
      fieldErrors(faults),
    );
    this.name = 'FaultyCatalog';
  }
}
