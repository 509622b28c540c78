import type { KeyKind } from '../keys.ts';
import type { Sql } from './client.ts';

export async function readSetting(tx: Sql, key: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ value: string }>('select value from setting where key = $1', [key]);
  return rows[0]?.value;
}

/** Writes a setting that is not there yet; false when it was. A concurrent writer is waited for. */
export async function writeSettingOnce(tx: Sql, key: string, value: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into setting (key, value) values ($1, $2) on conflict do nothing',
    [key, value],
  );
  return (rowCount ?? 0) > 0;
}

/** Each key's hash and kind. */
export async function readApiKeys(tx: Sql): Promise<[hash: string, kind: KeyKind][]> {
  const { rows } = await tx.query<{ hash: string; kind: KeyKind }>('select hash, kind from api_key');
  return rows.map(({ hash, kind }) => [hash, kind]);
}

export async function insertApiKey(
  tx: Sql,
  key: { readonly hash: string; readonly kind: KeyKind; readonly last4: string },
  now: number,
): Promise<void> {
  await tx.query('insert into api_key (hash, kind, last4, created_at) values ($1, $2, $3, $4)', [
    key.hash,
    key.kind,
    key.last4,
    new Date(now),
  ]);
}

/** Takes the one run of a job in a slot, over all replicas; slots of days ago are forgotten on the way. */
export async function takeSlot(tx: Sql, job: string, slot: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into job_slot (job, slot) values ($1, $2) on conflict do nothing',
    [job, slot],
  );
  if ((rowCount ?? 0) === 0) return false;
  await tx.query("delete from job_slot where job = $1 and slot < $2::timestamptz - interval '1 day'", [
    job,
    slot,
  ]);
  return true;
}

/** All keys, the oldest first, without what would open anything. */
export async function listApiKeys(tx: Sql): Promise<{ kind: KeyKind; last4: string; createdAt: Date }[]> {
  const { rows } = await tx.query<{ kind: KeyKind; last4: string; created_at: Date }>(
    'select kind, last4, created_at from api_key order by created_at, kind',
  );
  return rows.map(({ kind, last4, created_at: createdAt }) => ({ kind, last4, createdAt }));
}

export async function writeSetting(tx: Sql, key: string, value: string): Promise<void> {
  await tx.query(
    'insert into setting (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [key, value],
  );
}
