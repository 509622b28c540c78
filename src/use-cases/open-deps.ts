import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { openDb } from '../db/open.ts';
import { createKeptMailer } from '../delivery/kept-mailer.ts';
import type { Deps } from '../deps.ts';
import { createCatalogStore, versionsIn } from './catalog-store.ts';
import { loadKnownKeys } from './load-keys.ts';
import { catalogInForce } from './publish-catalog.ts';
import { createIntakeGatherer } from './receive-events.ts';

export type Opened<D> = { readonly deps: D; readonly close: () => Promise<void> };
export type OpenedDeps = Opened<Deps>;
/** As much as it takes to publish: with a catalog in force, the first version would be there before it is published. */
export type DepsToPublish = Pick<Deps, 'config' | 'db' | 'clock'>;

/**
 * The outside world for one command: the database and what is in it, but no port, no jobs and no mail. The catalog is
 * the one in force: only `publish` puts the files in its place. Throws what `openDb` throws, so when the embedded
 * database is in use by the running service.
 */
export async function openDeps(config: Config, log: Logger): Promise<OpenedDeps> {
  const db = await openDb(config, log);
  try {
    const clock = Date.now;
    const keys = await loadKnownKeys(db, config);
    const catalogs = createCatalogStore(await catalogInForce(db, config, clock()));
    const gatherer = createIntakeGatherer(() => deps, db);
    const versions = versionsIn(catalogs, db);
    const mailer = createKeptMailer(log);
    const deps: Deps = { config, db, ...versions, mailer, clock, log, keys, gatherer, wake: () => {} };
    const close = async () => {
      await gatherer.drain();
      await db.close();
    };
    return { deps, close };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** The outside world for publishing and rolling back. Throws what `openDb` throws. */
export async function openToPublish(config: Config, log: Logger): Promise<Opened<DepsToPublish>> {
  const db = await openDb(config, log);
  return { deps: { config, db, clock: Date.now }, close: () => db.close() };
}

/** Whether an error of `openDeps` says that another process holds the embedded database. */
export const isInUse = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('The data folder is in use');
