import type { Json } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { fromJson } from './rows.ts';

/** Columns of a table that hold words, or JSON with words in it. */
export type Texts = {
  readonly table: string;
  readonly key: readonly string[];
  readonly texts?: readonly string[];
  readonly json?: readonly string[];
  /** Which rows, as SQL over $1. */
  readonly where: string;
};

export type Rewrite = { readonly text: (text: string) => string; readonly json: (value: Json) => Json };

/** Runs every text of some rows through a function, and writes what it changed. */
export async function rewriteTexts(
  tx: Sql,
  { table, key, texts = [], json = [], where }: Texts,
  values: readonly unknown[],
  rewrite: Rewrite,
): Promise<void> {
  const columns = [...texts, ...json];
  const { rows } = await tx.query<Record<string, string | null>>(
    `select ${[...key, ...columns].map((name) => `${name}::text`).join(', ')} from ${table} where ${where}`,
    [...values],
  );
  for (const row of rows) {
    const changed = columns.flatMap((name) => {
      const before = row[name];
      if (before === null || before === undefined) return [];
      const after = json.includes(name)
        ? JSON.stringify(rewrite.json(fromJson<Json>(before)))
        : rewrite.text(before);
      return after === before ? [] : [{ name, after }];
    });
    if (changed.length === 0) continue;
    const set = changed.map(({ name }, i) => `${name} = $${i + 1}`).join(', ');
    const same = key.map((name, i) => `${name}::text = $${changed.length + i + 1}`).join(' and ');
    await tx.query(`update ${table} set ${set} where ${same}`, [
      ...changed.map(({ after }) => after),
      ...key.map((name) => row[name]),
    ]);
  }
}
