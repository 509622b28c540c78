/**
 * Rows that this process has read or written, each with its version in the database. They are kept to be compared, not
 * to be trusted: whoever uses one has the database say that this is still the version. So nobody has to be told when a
 * row changes, here or in another replica, and what a transaction leaves behind that was rolled back fits no row.
 */
export type Known<Row extends Versioned> = {
  readonly get: (id: string) => Row | undefined;
  /** The same, for whoever is going to change what it finds. */
  readonly take: (id: string) => Row | undefined;
  readonly keep: (row: Row) => void;
};

export type Versioned = {
  readonly id: string;
  readonly version: Version;
  /** About how many characters it has as text. */
  readonly size: number;
};

/** Which transaction wrote a row, and where it lies. No two versions of a row have both in common. */
export type Version = { readonly xmin: string; readonly ctid: string };

/** Keeps rows of `limit` characters together; those that were not asked for the longest go first. */
export function createKnown<Row extends Versioned>(limit: number): Known<Row> {
  const rows = new Map<string, Row>();
  let total = 0;
  const take = (id: string) => {
    const row = rows.get(id);
    if (row === undefined) return undefined;
    rows.delete(id);
    total -= row.size;
    return row;
  };
  const keep = (row: Row) => {
    take(row.id);
    // A map keeps its order, so what was used last stands last.
    rows.set(row.id, row);
    total += row.size;
    for (const oldest of rows.keys()) {
      if (total <= limit) break;
      take(oldest);
    }
  };
  const get = (id: string) => {
    const row = take(id);
    if (row !== undefined) keep(row);
    return row;
  };
  return { get, take, keep };
}

/** Of each row asked for the version that is known, as one parameter. */
export function versionsOf(rows: ReadonlyMap<string, Versioned | undefined>): string {
  return JSON.stringify([...rows].map(([i, row]) => ({ i, x: row?.version.xmin, c: row?.version.ctid })));
}

/** SQL that reads it, to be followed by what finds the rows one by one: by index, however small a table looks. */
export const KNOWN = 'json_to_recordset($1::json) as known(i text, x xid, c tid)';

/** SQL: a row found as another version than the known one, or no longer. */
export const IS_NEWS = '(found.xmin is distinct from known.x or found.ctid is distinct from known.c)';
