import { upkeep as upkeepDb } from '../db/upkeep.ts';
import type { Deps } from '../deps.ts';

/** What a database without background workers of its own needs now and then. */
export const upkeep = ({ db }: Pick<Deps, 'db'>): Promise<void> => upkeepDb(db);
