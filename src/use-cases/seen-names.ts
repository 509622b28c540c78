import type { Config } from '../config.ts';
import { readSeenNames } from '../db/events.ts';
import { openDb } from '../db/open.ts';
import type { Seen } from '../engine/unseen.ts';
import { readHistory } from './read-history.ts';

/** The names of all events of a file, and the traits that its accounts were said to have. */
export function seenInFile(path: string): Seen {
  const events = new Set<string>();
  const traits = new Set<string>();
  readHistory(path, () => (reported) => {
    for (const { name, properties } of reported) {
      events.add(name);
      if (name === 'Account Updated') for (const trait of Object.keys(properties)) traits.add(trait);
    }
  });
  return { events, traits };
}

/** The same of everything that the service has stored. Throws when the database cannot be opened. */
export async function seenInDatabase(config: Config): Promise<Seen> {
  const db = await openDb(config);
  try {
    return await readSeenNames(db.pool);
  } finally {
    await db.close();
  }
}
