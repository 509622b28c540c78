import type { Sql } from './client.ts';

/** What a commit survives: the end of the process only, or a power cut as well. */
export type Durability = { readonly survives: 'process' | 'power'; readonly note: string };

/** From the syncs counted during one commit. */
export function durabilityOfPglite(syncsPerCommit: number): Durability {
  return syncsPerCommit >= 1
    ? {
        survives: 'power',
        note: `PGlite syncs to disk before it acknowledges: ${syncsPerCommit} per commit, counted at start.`,
      }
    : {
        survives: 'process',
        note: 'PGlite was counted not to sync to disk: a commit survives the end of the process, not a power cut.',
      };
}

/** From the server's own settings, as this connection sees them. */
export async function durabilityOfPostgres(db: Sql): Promise<Durability> {
  const { rows } = await db.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')`,
  );
  const off = rows.filter(({ setting }) => setting === 'off').map(({ name }) => name);
  return off.length === 0
    ? { survives: 'power', note: 'PostgreSQL with fsync and synchronous_commit on.' }
    : {
        survives: 'process',
        note: `PostgreSQL runs with ${off.join(' and ')} off: a commit survives our end, but a crash of the server may lose it.`,
      };
}
