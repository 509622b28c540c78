import { deleteOldClicks } from '../db/advocates.ts';
import { deleteOldMails } from '../db/mails.ts';
import { deleteOldOutgoing } from '../db/outgoing.ts';
import { deleteOldDecisions, deleteOldRejections } from '../db/records.ts';
import { checkpoint, shortenLog as shortenDbLog, vacuum as vacuumDb } from '../db/upkeep.ts';
import { deleteOldDeliveries } from '../db/webhook-deliveries.ts';
import type { Deps } from '../deps.ts';
import { DAY } from '../engine/time.ts';

/** How long webhook messages are kept, to be looked at and told again, and messages that were refused. */
const KEEP = 30 * DAY;
const BATCH = 5_000;
/** Of what there may be much of when it is forgotten for the first time. */
const MOST_BATCHES = 20;

/** Forgets what nobody asks for any more, and writes down what a database without background workers has not yet. */
export async function upkeep({ db, clock, config }: Pick<Deps, 'db' | 'clock' | 'config'>): Promise<void> {
  const { pool } = db;
  await deleteOldDeliveries(pool, clock() - KEEP, BATCH);
  await deleteOldRejections(pool, clock() - KEEP, BATCH);
  // What is about events goes when they do.
  const before = clock() - config.EVENT_RETENTION;
  await deleteOldClicks(pool, before, BATCH);
  await inBatches((limit) => deleteOldDecisions(pool, before, limit));
  await inBatches((limit) => deleteOldMails(pool, before, limit));
  await inBatches((limit) => deleteOldOutgoing(pool, before, limit));
  await checkpoint(db);
}

async function inBatches(deleteSome: (limit: number) => Promise<number>): Promise<void> {
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) if ((await deleteSome(BATCH)) < BATCH) return;
}

/** Keeps the tables of a database without background workers from growing by what is written over. */
export const vacuum = ({ db }: Pick<Deps, 'db'>): Promise<void> => vacuumDb(db);

/** Keeps what has to be read after a crash short, however many events come in. */
export const shortenLog = ({ db }: Pick<Deps, 'db'>): Promise<void> => shortenDbLog(db);
