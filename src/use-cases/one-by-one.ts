import { isUnavailable } from '../db/retry.ts';
import type { Deps } from '../deps.ts';

/**
 * Does the same for each, one after the other. One that fails is logged and passed over, so that it stops nobody
 * else; a database out of reach stops them all.
 */
export async function oneByOne<Item extends { readonly id: string }>(
  { log }: Pick<Deps, 'log'>,
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      log.error({ err: error, id: item.id }, 'what was due failed here; it is tried again');
    }
  }
}
