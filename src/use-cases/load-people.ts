import { readLedgerOfPeople } from '../db/ask-ledger.ts';
import type { Sql } from '../db/client.ts';
import { readPersonHolds } from '../db/holds.ts';
import { type PersonRow, readPeople } from '../db/people.ts';
import { readSuppressions } from '../db/suppressions.ts';
import type { Deps } from '../deps.ts';
import type { Hold, Person } from '../engine/account.ts';
import type { PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { groupBy } from './group-by.ts';

/**
 * People as the engine sees them: traits, holds, suppression and their asks in any account. `known`: rows read already
 * in this transaction; their holds are read all the same, for somebody may have set one since.
 */
export async function loadPeople(
  deps: Pick<Deps, 'keys'>,
  tx: Sql,
  ids: readonly PersonId[],
  now: Instant,
  known: ReadonlyMap<PersonId, PersonRow> = new Map(),
): Promise<Map<PersonId, Person>> {
  if (ids.length === 0) return new Map();
  const rows = await readPeople(
    tx,
    ids.filter((id) => !known.has(id)),
  );
  const holds = await readPersonHolds(
    tx,
    ids.filter((id) => known.has(id)),
  );
  const people = ids.map((id) => {
    const row = rows.get(id) ?? known.get(id);
    return toPerson(id, row, holds.get(id) ?? rows.get(id)?.hold);
  });
  const hashOf = new Map(
    people.flatMap(({ id, traits: { email } }) =>
      typeof email === 'string' ? [[id, deps.keys.hashAddress(email)]] : [],
    ),
  );
  const suppressed = await readSuppressions(tx, [...hashOf.values()]);
  const asksOf = groupBy(await readLedgerOfPeople(tx, ids, now), ({ personId }) => personId);
  return new Map(
    people.map((person) => {
      const scope = suppressed.get(hashOf.get(person.id) ?? '');
      return [
        person.id,
        {
          ...person,
          ...(scope === undefined ? {} : { suppressed: scope }),
          asks: asksOf.get(person.id) ?? [],
        },
      ];
    }),
  );
}

function toPerson(id: PersonId, row: PersonRow | undefined, hold: Hold | undefined): Omit<Person, 'asks'> {
  if (row === undefined) return { id, traits: knownByAddress(id) };
  const traits = Object.fromEntries(Object.entries(row.traits).map(([key, [value]]) => [key, value]));
  return {
    id,
    traits: { ...knownByAddress(id), ...traits },
    ...(hold === undefined ? {} : { hold }),
  };
}

// A person known by an address only has that address.
const knownByAddress = (id: PersonId) =>
  id.startsWith('email:') ? { email: id.slice('email:'.length) } : {};
