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

/**
 * Keeps rows of `limit` characters together at most. Those asked for lately are in `young`; once that has half of the
 * room, it is `old` from then on, and what was in `old` and never asked for again goes. So to find a row costs no more
 * than looking it up, which a strict order of last use does not allow.
 */
export function createKnown<Row extends Versioned>(limit: number): Known<Row> {
  let young = new Map<string, Row>();
  let old = new Map<string, Row>();
  let size = 0;
  const keep = (row: Row) => {
    old.delete(row.id);
    size += row.size - (young.get(row.id)?.size ?? 0);
    young.set(row.id, row);
    if (size <= limit / 2) return;
    old = young;
    young = new Map();
    size = 0;
  };
  const get = (id: string) => {
    const row = young.get(id);
    if (row !== undefined) return row;
    const older = old.get(id);
    if (older !== undefined) keep(older);
    return older;
  };
  const take = (id: string) => {
    const row = young.get(id) ?? old.get(id);
    size -= young.get(id)?.size ?? 0;
    young.delete(id);
    old.delete(id);
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
