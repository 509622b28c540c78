import type { Server } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { Logger } from 'pino';
import { createHttpServer } from './app.ts';
import { type Config, localUrl } from './config.ts';
import type { Db } from './db/client.ts';
import { openDb } from './db/open.ts';
import type { Store } from './db/store.ts';
import { createAnalytics } from './delivery/analytics.ts';
import { createKeptMailer } from './delivery/kept-mailer.ts';
import type { Mailer } from './delivery/mailer.ts';
import type { Deps } from './deps.ts';
import { type Instant, SECOND } from './engine/time.ts';
import { jobTable } from './jobs/job-table.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { createCatalogStore, versionsIn } from './use-cases/catalog-store.ts';
import { type LoadedKeys, loadKeys } from './use-cases/load-keys.ts';
import { type NudgeBoard, openNudgeBoard } from './use-cases/nudge-board.ts';
import { publishCatalog, readFiles } from './use-cases/publish-catalog.ts';
import { createIntakeGatherer } from './use-cases/receive-events.ts';
import { giveUpLostSends } from './use-cases/settle-overdue.ts';

/** What a request that is under way when the service stops may still take. */
const CLOSING_TIME = 5 * SECOND;

export type Service = {
  readonly deps: Deps;
  /** Where it listens; BASE_URL may say otherwise to the world. */
  readonly url: string;
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
  /** The database of the settings, which is being opened already. */
  readonly opening?: Promise<Store>;
  readonly clock?: () => Instant;
  readonly mailer?: Mailer;
  /** False: jobs run only when `runJobs` is called. */
  readonly scheduled?: boolean;
  /** Told at once of keys that were made on this start: they are stored, and if a later step fails nobody sees them again. */
  readonly announce?: (made: MadeKeys) => void;
};

export type MadeKeys = LoadedKeys['made'];

/** Starts everything, in order; what was started is stopped again when a later step fails. */
export async function startService(given: Config, log: Logger, outside: Outside = {}): Promise<Service> {
  const config = await withPort(given);
  const clock = outside.clock ?? Date.now;
  const undo: (() => Promise<void> | void)[] = [];
  // A step that fails keeps nobody from the next: the database is closed whatever happened before.
  const stop = async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  try {
    const files = readFiles(config); // most of it while the database opens
    files.catch(() => {}); // told where they are published, after what is wrong with the database
    const db = outside.db ?? (await openDb(config, log, outside.opening));
    if (outside.db === undefined) undo.push(() => db.close());
    const { keys, made } = await loadKeys(db, config, clock());
    if (made.length > 0) outside.announce?.(made);
    const { inForce, ...catalog } = await publishCatalog(db, files, { who: 'start', at: 'start' }, clock());
    const catalogs = createCatalogStore(inForce);
    const mailer = outside.mailer ?? (await createMailer(config, log));
    const analytics = await createAnalytics(config, log);
    undo.push(() => analytics.close());
    let wake = () => {};
    const versions = versionsIn(catalogs, db);
    const gatherer = createIntakeGatherer(() => deps, db);
    undo.push(() => gatherer.drain());
    const deps: Deps = { config, db, ...versions, mailer, clock, log, keys, gatherer, wake: () => wake() };
    if (db.kind === 'pglite') await giveUpLostSends(deps, clock());
    const board = await openNudgeBoard(deps);
    undo.push(() => board.close());
    const { url, close } = await listen(deps, board);
    undo.push(close);
    const jobs = startJobs(deps, jobTable(deps, analytics), outside.scheduled ?? true);
    undo.push(() => jobs.stop());
    wake = jobs.wake;
    return { deps, url, catalog, runJobs: jobs.runAll, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Links are written before anybody listens: where any port will do, and they lead there, it is chosen first. */
async function withPort(config: Config): Promise<Config> {
  if (config.PORT !== 0 || config.BASE_URL !== localUrl(0)) return config;
  const probe = createNetServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return { ...config, PORT: address.port, BASE_URL: localUrl(address.port) };
}

async function createMailer(config: Config, log: Logger): Promise<Mailer> {
  const { SMTP_URL, DKIM_SELECTOR: selector, DKIM_PRIVATE_KEY: privateKey, DKIM_DOMAIN: domain } = config;
  if (SMTP_URL === undefined) return createKeptMailer(log);
  const isSigned = selector !== undefined && privateKey !== undefined;
  const { createSmtpMailer } = await import('./delivery/smtp-mailer.ts');
  return createSmtpMailer(SMTP_URL, log, isSigned ? { dkim: { domain, selector, privateKey } } : {});
}

async function listen(
  deps: Deps,
  board: NudgeBoard,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createHttpServer(deps, board);
  await new Promise<void>((resolve, reject) => {
    server
      .once('error', (error) => reject(clearer(error, deps.config.PORT)))
      .listen(deps.config.PORT, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return { url: localUrl(address.port), close: () => closeServer(server) };
}

/** Takes no more connections, and ends when the requests under way are answered, or have had their time. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Whoever goes on asking on a connection of theirs would keep us for as long as they like.
    server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
    // A connection that says nothing, or half a request, counts as one under way; nothing else would end it.
    const cut = setTimeout(() => server.closeAllConnections(), CLOSING_TIME);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const clearer = (error: Error, port: number): Error =>
  'code' in error && error.code === 'EADDRINUSE'
    ? new Error(`Port ${port} is in use by another program; stop that one, or set PORT to another.`, {
        cause: error,
      })
    : error;
