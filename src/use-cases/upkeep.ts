import { shortenLog as shortenDbLog, upkeep as upkeepDb } from '../db/upkeep.ts';
import { deleteOldDeliveries } from '../db/webhooks.ts';
import type { Deps } from '../deps.ts';
import { DAY } from '../engine/time.ts';

/** How long webhook messages are kept, to be looked at and told again. */
const KEEP_DELIVERIES = 30 * DAY;
const BATCH = 5_000;

/** Forgets what nobody asks for any more, and does what a database without background workers of its own needs. */
export async function upkeep({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<void> {
  await deleteOldDeliveries(db.pool, clock() - KEEP_DELIVERIES, BATCH);
  await upkeepDb(db);
}

/** Keeps what has to be read after a crash short, however many events come in. */
export const shortenLog = ({ db }: Pick<Deps, 'db'>): Promise<void> => shortenDbLog(db);
