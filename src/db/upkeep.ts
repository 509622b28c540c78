import type { Db } from './client.ts';

/**
 * What a PostgreSQL server does by itself and PGlite never does: cleans and measures the tables that changed
 * much. Call it as often as a server looks, every minute: what is written over in between is what the tables are
 * larger by. On PostgreSQL it does nothing. Each table is a statement of its own, so that other queries come in between.
 */
export async function vacuum(db: Pick<Db, 'kind' | 'pool'>): Promise<void> {
  if (db.kind !== 'pglite') return;
  await db.pool.query('SELECT pg_stat_force_next_flush()'); // what changed in the last second counts too
  // The thresholds of PostgreSQL's own autovacuum.
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT format('%I.%I', s.schemaname, s.relname) AS name
     FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
     WHERE s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
        OR s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
        OR s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)`,
  );
  for (const { name } of rows) await db.pool.query(`VACUUM (ANALYZE) ${name}`);
}

/** Writes a checkpoint, so that little of the log has to be read after a crash. On PostgreSQL it does nothing. */
export async function checkpoint(db: Pick<Db, 'kind' | 'pool'>): Promise<void> {
  if (db.kind === 'pglite') await db.pool.query('CHECKPOINT');
}

/** Bytes of log since the last checkpoint: that much has to be read after a crash, and lies on the disk until then. */
const LONGEST_LOG = 64 * 1024 * 1024;

/** Writes a checkpoint once the log has grown long, for days on which events come faster than the next one. */
export async function shortenLog(db: Pick<Db, 'kind' | 'pool'>): Promise<void> {
  if (db.kind !== 'pglite') return;
  const { rows } = await db.pool.query<{ bytes: string }>(
    'SELECT pg_current_wal_lsn() - redo_lsn AS bytes FROM pg_control_checkpoint()',
  );
  if (Number(rows[0]?.bytes) > LONGEST_LOG) await db.pool.query('CHECKPOINT');
}
