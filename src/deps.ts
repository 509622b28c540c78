import type { Logger } from 'pino';
import type { CatalogInForce } from './catalog/in-force.ts';
import type { Config } from './config.ts';
import type { Db, Sql } from './db/client.ts';
import type { Mailer } from './delivery/mailer.ts';
import type { Instant } from './engine/time.ts';
import type { Keys } from './keys.ts';
import type { IntakeGatherer } from './use-cases/receive-events.ts';

/** The outside world as one readonly value, built in `main.ts`. */
export type Deps = {
  readonly config: Config;
  readonly db: Db;
  /** The version in force; a running service swaps it when a new one is published. */
  readonly catalog: () => CatalogInForce;
  /** Puts in force here what was published last, by whomever. True when it is another version. */
  readonly refreshCatalog: () => Promise<boolean>;
  /** The version that made an ask, so that its words stay as they were. */
  readonly catalogOf: (tx: Sql, hash: string) => Promise<CatalogInForce>;
  /** The version that an account is decided by: until it is folded for other signals, the one before. */
  readonly catalogOfSignals: (tx: Sql, signalsHash: string) => Promise<CatalogInForce>;
  readonly mailer: Mailer;
  readonly clock: () => Instant;
  readonly log: Logger;
  readonly keys: Keys;
  /** Gathers concurrent requests into micro-batches, each one transaction; those of one request may be in several. */
  readonly gatherer: IntakeGatherer;
  /** Told after a commit that something is due before the next tick. */
  readonly wake: () => void;
};
