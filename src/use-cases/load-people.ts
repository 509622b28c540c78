import { readLedgerOfPeople } from '../db/ask-ledger.ts';
import type { Sql } from '../db/client.ts';
import { readPersonHolds } from '../db/holds.ts';
import { type PersonRow, readKnownPeople } from '../db/people.ts';
import { readSuppressions } from '../db/suppressions.ts';
import type { Deps } from '../deps.ts';
import type { Hold, Person } from '../engine/account.ts';
import type { PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { groupBy } from './group-by.ts';

/**
 * People as the engine sees them: traits, holds, suppression and their asks in any account. `read`: rows read already
 * in this transaction; their holds are read all the same, for somebody may have set one since.
 */
export async function loadPeople(
  deps: Pick<Deps, 'db' | 'keys'>,
  tx: Sql,
  ids: readonly PersonId[],
  now: Instant,
  read: ReadonlyMap<PersonId, PersonRow> = new Map(),
): Promise<Map<PersonId, Person>> {
  if (ids.length === 0) return new Map();
  const others = ids.filter((id) => !read.has(id));
  const { people: known } = deps.db.known;
  // Most rows are still as this process knows them, so that their addresses need not be waited for.
  const expected = new Set(hashesOf(ids.map((id) => toPerson(deps, id, read.get(id) ?? known.get(id)))));
  const [rows, holds, ofExpected, asksOfAll] = await Promise.all([
    readKnownPeople(known, tx, others),
    others.length === ids.length ? undefined : readPersonHolds(tx, now),
    readSuppressions(tx, [...expected]),
    readLedgerOfPeople(tx, ids, now),
  ]);
  const people = ids.map((id) => {
    const row = read.get(id);
    return row === undefined
      ? toPerson(deps, id, rows.get(id))
      : held(toPerson(deps, id, row), holds?.get(id));
  });
  const unexpected = hashesOf(people).filter((hash) => !expected.has(hash));
  const suppressed = new Map([...ofExpected, ...(await readSuppressions(tx, unexpected))]);
  const asksOf = groupBy(asksOfAll, ({ personId }) => personId);
  return new Map(
    people.map(({ person, addressHash }) => {
      const scope = suppressed.get(addressHash ?? '');
      const asks = asksOf.get(person.id);
      if (scope === undefined && asks === undefined) return [person.id, person];
      return [
        person.id,
        { ...person, asks: asks ?? [], ...(scope === undefined ? {} : { suppressed: scope }) },
      ];
    }),
  );
}

/** A person without what is kept elsewhere of them: asks, and whether their address wants any. */
type Bare = { readonly person: Person; readonly addressHash: string | undefined };

const hashesOf = (people: readonly Bare[]) => people.flatMap(({ addressHash }) => addressHash ?? []);

// A row never changes, and most of them come up again and again.
const bare = new WeakMap<PersonRow, Bare>();

function toPerson({ keys }: Pick<Deps, 'keys'>, id: PersonId, row: PersonRow | undefined): Bare {
  const before = row && bare.get(row);
  if (before !== undefined) return before;
  const traits = { ...knownByAddress(id), ...(row && plainTraits(row.traits)) };
  const { email } = traits;
  const addressHash = typeof email === 'string' ? keys.hashAddress(email) : undefined;
  const made = { person: { id, traits, asks: [], ...(row?.hold && { hold: row.hold }) }, addressHash };
  if (row !== undefined) bare.set(row, made);
  return made;
}

function held({ person, addressHash }: Bare, hold: Hold | undefined): Bare {
  if (hold === undefined && person.hold === undefined) return { person, addressHash };
  const { hold: _, ...others } = person;
  return { person: hold === undefined ? others : { ...others, hold }, addressHash };
}

/** The latest value of each trait. */
export function plainTraits(traits: PersonRow['traits']): Person['traits'] {
  return Object.fromEntries(Object.entries(traits).map(([key, [value]]) => [key, value]));
}

// A person known by an address only has that address.
const knownByAddress = (id: PersonId): Person['traits'] =>
  id.startsWith('email:') ? { email: id.slice('email:'.length) } : {};
