import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createHttpServer } from './app.ts';
import type { Config } from './config.ts';
import type { Db } from './db/client.ts';
import { openDb } from './db/open.ts';
import { type Analytics, createAnalytics } from './delivery/analytics.ts';
import { createKeptMailer } from './delivery/kept-mailer.ts';
import type { Mailer } from './delivery/mailer.ts';
import { createSmtpMailer } from './delivery/smtp-mailer.ts';
import type { Deps } from './deps.ts';
import type { Instant } from './engine/time.ts';
import { jobTable } from './jobs/job-table.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { createCatalogStore } from './use-cases/catalog-store.ts';
import { loadKeys } from './use-cases/load-keys.ts';
import { publishCatalog } from './use-cases/publish-catalog.ts';
import { createIntakeGatherer } from './use-cases/receive-events.ts';
import { giveUpLostSends } from './use-cases/settle-overdue.ts';

export type Service = {
  readonly deps: Deps;
  /** Where it listens; BASE_URL may say otherwise to the world. */
  readonly url: string;
  /** Keys made on this start, to be printed once. */
  readonly made: readonly { readonly name: string; readonly value: string }[];
  readonly catalog: { readonly published: boolean; readonly notes: readonly string[] };
  /** Runs every job once and waits for it. */
  readonly runJobs: () => Promise<void>;
  /** Stops in order: jobs, server, what is in flight, database. */
  readonly stop: () => Promise<void>;
};

/** What a test puts in the place of the outside world. */
export type Outside = {
  /** A database that is open already; whoever opened it closes it. */
  readonly db?: Db;
  readonly clock?: () => Instant;
  readonly mailer?: Mailer;
  /** False: jobs run only when `runJobs` is called. */
  readonly scheduled?: boolean;
};

/** Starts everything, in order; what was started is stopped again when a later step fails. */
export async function startService(config: Config, log: Logger, outside: Outside = {}): Promise<Service> {
  const clock = outside.clock ?? Date.now;
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const db = outside.db ?? (await openDb(config, log));
    if (outside.db === undefined) undo.push(() => db.close());
    const { keys, made } = await loadKeys(db, config, clock());
    const { inForce, published, notes } = await publishCatalog(
      db,
      config,
      { who: 'start', at: 'start' },
      clock(),
    );
    const catalogs = createCatalogStore(inForce);
    const mailer = outside.mailer ?? createMailer(config, log);
    undo.push(() => mailer.close());
    const analytics: Analytics = createAnalytics(config, log);
    undo.push(() => analytics.close());
    let wake = () => {};
    const gatherer = createIntakeGatherer(() => deps, db);
    undo.push(() => gatherer.drain());
    const deps: Deps = {
      config,
      db,
      catalog: catalogs.current,
      catalogOf: catalogs.of,
      mailer,
      clock,
      log,
      keys,
      gatherer,
      wake: () => wake(),
    };
    if (db.kind === 'pglite') await giveUpLostSends(deps, clock());
    const server = createHttpServer(deps);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.PORT, resolve));
    undo.push(() => closeServer(server));
    const jobs = startJobs(deps, jobTable(deps, catalogs, analytics), outside.scheduled ?? true);
    undo.push(() => jobs.stop());
    wake = jobs.wake;
    return {
      deps,
      url: urlOf(server.address()),
      made,
      catalog: { published, notes },
      runJobs: jobs.runAll,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createMailer({ SMTP_URL }: Config, log: Logger): Mailer {
  return SMTP_URL === undefined ? createKeptMailer(log) : createSmtpMailer(SMTP_URL, log);
}

/** Lets requests under way finish; connections that are only kept alive are closed. */
function closeServer(server: ReturnType<typeof createHttpServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

const urlOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' && address !== null ? `http://localhost:${address.port}` : String(address);
