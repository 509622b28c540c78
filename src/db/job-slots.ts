import type { Sql } from './client.ts';

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
