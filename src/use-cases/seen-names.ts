import { readSeenNames } from '../db/events.ts';
import type { Deps } from '../deps.ts';
import type { Seen } from '../engine/unseen.ts';
import { type HistoryRead, readHistory } from './read-history.ts';

/** The names of all events of a file, and the traits that its accounts were said to have; and how the reading went. */
export function seenInFile(path: string): { readonly seen: Seen; readonly read: HistoryRead } {
  const events = new Set<string>();
  const traits = new Set<string>();
  const read = readHistory(path, () => (reported) => {
    for (const { name, properties } of reported) {
      events.add(name);
      if (name === 'Account Updated') for (const trait of Object.keys(properties)) traits.add(trait);
    }
  });
  return { seen: { events, traits }, read };
}

/** The same of everything that the service has stored. */
export const seenInDatabase = ({ db }: Pick<Deps, 'db'>): Promise<Seen> => readSeenNames(db.pool);
