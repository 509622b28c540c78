import { deleteOldClicks } from '../db/advocates.ts';
import { deleteOldRejections } from '../db/records.ts';
import { shortenLog as shortenDbLog, upkeep as upkeepDb } from '../db/upkeep.ts';
import { deleteOldDeliveries } from '../db/webhooks.ts';
import type { Deps } from '../deps.ts';
import { DAY } from '../engine/time.ts';

/** How long webhook messages are kept, to be looked at and told again, and messages that were refused. */
const KEEP = 30 * DAY;
const BATCH = 5_000;

/** Forgets what nobody asks for any more, and does what a database without background workers of its own needs. */
export async function upkeep({ db, clock, config }: Pick<Deps, 'db' | 'clock' | 'config'>): Promise<void> {
  await deleteOldDeliveries(db.pool, clock() - KEEP, BATCH);
  await deleteOldRejections(db.pool, clock() - KEEP, BATCH);
  await deleteOldClicks(db.pool, clock() - config.EVENT_RETENTION, BATCH);
  await upkeepDb(db);
}

/** Keeps what has to be read after a crash short, however many events come in. */
export const shortenLog = ({ db }: Pick<Deps, 'db'>): Promise<void> => shortenDbLog(db);
