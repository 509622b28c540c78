import { readLedgerOfPeople } from '../db/ask-ledger.ts';
import type { Sql } from '../db/client.ts';
import { type PersonRow, readPeople } from '../db/people.ts';
import { readSuppressions } from '../db/suppressions.ts';
import type { Deps } from '../deps.ts';
import type { Person } from '../engine/account.ts';
import type { PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';

/** People as the engine sees them: traits, holds, suppression and their asks in any account. */
export async function loadPeople(
  deps: Pick<Deps, 'keys'>,
  tx: Sql,
  ids: readonly PersonId[],
  now: Instant,
): Promise<Map<PersonId, Person>> {
  if (ids.length === 0) return new Map();
  const rows = await readPeople(tx, ids);
  const people = ids.map((id) => toPerson(id, rows.get(id)));
  const hashOf = new Map(
    people.flatMap(({ id, traits: { email } }) =>
      typeof email === 'string' ? [[id, deps.keys.hashAddress(email)]] : [],
    ),
  );
  const suppressed = await readSuppressions(tx, [...hashOf.values()]);
  const asks = await readLedgerOfPeople(tx, ids, now);
  return new Map(
    people.map((person) => {
      const scope = suppressed.get(hashOf.get(person.id) ?? '');
      return [
        person.id,
        {
          ...person,
          ...(scope === undefined ? {} : { suppressed: scope }),
          asks: asks.filter(({ personId }) => personId === person.id),
        },
      ];
    }),
  );
}

function toPerson(id: PersonId, row: PersonRow | undefined): Omit<Person, 'asks'> {
  if (row === undefined) return { id, traits: knownByAddress(id) };
  const traits = Object.fromEntries(Object.entries(row.traits).map(([key, [value]]) => [key, value]));
  return {
    id,
    traits: { ...knownByAddress(id), ...traits },
    ...(row.hold === undefined ? {} : { hold: row.hold }),
  };
}

// A person known by an address only has that address.
const knownByAddress = (id: PersonId) =>
  id.startsWith('email:') ? { email: id.slice('email:'.length) } : {};
