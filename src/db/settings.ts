import type { Sql } from './client.ts';

export async function readSetting(tx: Sql, key: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ value: string }>('select value from setting where key = $1', [key]);
  return rows[0]?.value;
}

export async function writeSetting(tx: Sql, key: string, value: string): Promise<void> {
  await tx.query(
    'insert into setting (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [key, value],
  );
}

/** Writes a setting that is not there yet; false when it was. A concurrent writer is waited for. */
export async function writeSettingOnce(tx: Sql, key: string, value: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into setting (key, value) values ($1, $2) on conflict do nothing',
    [key, value],
  );
  return (rowCount ?? 0) > 0;
}
