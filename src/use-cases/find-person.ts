import type { Sql } from '../db/client.ts';
import { type Identities, readIdentities, whoIsMeant } from '../db/find-identities.ts';
import { Refusal } from '../errors.ts';
import { normaliseAddress } from '../keys.ts';

/**
 * Whom a user id, an alias or an address means, and all that they are known by; undefined when nobody is. Throws a
 * `conflict` Refusal when it could be several.
 */
export async function findPerson(tx: Sql, given: string): Promise<Identities | undefined> {
  const meant = await whoIsMeant(tx, given, normaliseAddress(given));
  const [id] = meant.includes(given) ? [given] : meant;
  if (id === undefined) return undefined;
  if (meant.length > 1 && id !== given) {
    throw new Refusal(
      'conflict',
      `"${given.slice(0, 200)}" is known of ${meant.length} people: ${meant.slice(0, 10).join(', ')}. Name one by their id.`,
    );
  }
  return readIdentities(tx, id);
}

/** The refusal where `findPerson` finds nobody. */
export const nobodyKnownAs = (given: string): Refusal =>
  new Refusal('not_found', `Nobody is known as "${given.slice(0, 200)}": expected a user id or an address.`);
