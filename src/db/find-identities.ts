import type { PersonId } from '../engine/event.ts';
import type { Sql } from './client.ts';

/** Everybody who may be meant by a user id, an alias or an address (lower case). */
export async function whoIsMeant(tx: Sql, given: string, address: string): Promise<PersonId[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select coalesce(a.person_id, p.id) as id from person as p left join alias as a on a.alias = p.id where p.id = $1
     union select person_id from alias where alias in ($1, 'anon:' || $1, 'email:' || $2)
     union select coalesce(a.person_id, p.id) from person as p left join alias as a on a.alias = p.id where p.email = $2
     union select person_id from ask where person_id = $1
     union select person_id from advocate_link where person_id = $1
     union select 'email:' || $2 from referral where lower(email) = $2
       and not exists (select 1 from alias where alias = 'email:' || $2)
       and not exists (select 1 from person where email = $2)`,
    [given, address],
  );
  return rows.map(({ id }) => id).sort();
}

export type Identities = {
  /** The person and every alias. */
  readonly ids: readonly PersonId[];
  /** Addresses that nobody else has. */
  readonly addresses: readonly string[];
  readonly names: readonly string[];
};

/** All that a person is known by. */
export async function readIdentities(tx: Sql, id: PersonId): Promise<Identities> {
  const aliases = await tx.query<{ alias: string }>('select alias from alias where person_id = $1', [id]);
  const ids = [id, ...aliases.rows.map(({ alias }) => alias)];
  const people = await tx.query<{ email: string | null; traits: string }>(
    'select email, traits from person where id = any($1)',
    [ids],
  );
  const known = people.rows.map(({ email, traits }) => ({
    email,
    traits: new Map<string, unknown>(
      Object.entries<unknown[]>(JSON.parse(traits)).map(([name, [value]]) => [name, value]),
    ),
  }));
  const given = [
    ...ids.flatMap((one) => (one.startsWith('email:') ? [one.slice('email:'.length)] : [])),
    ...known.flatMap(({ email, traits }) => [email, traits.get('email')]),
  ].filter(isText);
  const theirs = [...new Set(given.map((address) => address.trim().toLowerCase()))];
  const shared = await tx.query<{ email: string }>(
    'select distinct email from person where email = any($1) and id <> all($2)',
    [theirs, ids],
  );
  const others = new Set(shared.rows.map(({ email }) => email));
  return {
    ids,
    addresses: theirs.filter((address) => !others.has(address)),
    names: known.flatMap(({ traits }) => namesIn(traits)),
  };
}

function namesIn(traits: ReadonlyMap<string, unknown>): string[] {
  const [name, first, last] = ['name', 'first_name', 'last_name'].map((key) => traits.get(key)).map(asText);
  const whole = [first, last].filter(isText).join(' ');
  return [name, whole, first, name?.split(/\s+/)[0]].filter(isText);
}

const asText = (value: unknown) => (typeof value === 'string' ? value.trim() : undefined);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
