import type { Sql } from '../db/client.ts';
import { reassignEvents } from '../db/events.ts';
import { readPeople, reassignRecords, type Tie, writeTies } from '../db/people.ts';
import { reassignPurged } from '../db/purged-events.ts';
import { compareEvents, type PersonId } from '../engine/event.ts';
import { normaliseAddress } from '../keys.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/** Who did an event, as we know it now. */
export type PersonOf = (event: ReportedEvent) => PersonId | undefined;

/** An alias turned out to be a person; `before`: whom we took it for until now. */
export type Merge = { readonly alias: string; readonly personId: PersonId; readonly before?: PersonId };

/**
 * Keeps which aliases (`anon:…` and `email:…`) are which users, and gives what pending people had to those they
 * turned out to be. `touched`: accounts of events that changed hands. `known`: the ties so far.
 */
export async function resolveAliases(
  tx: Sql,
  events: readonly ReportedEvent[],
  known: ReadonlyMap<string, Tie>,
) {
  const news = earliestClaims(events.flatMap(claimsOf), known);
  const changed = await writeTies(tx, news);
  const merges = await findMerges(tx, changed, known);
  for (const { alias, personId } of merges) await reassignRecords(tx, alias, personId);
  const moved = [...(await reassignEvents(tx, merges)), ...(await reassignPurged(tx, merges))];
  const touched = [...new Set(moved)].filter((account) => account !== '');
  const personOf: PersonOf = (event) => {
    const key = reportedPerson(event);
    if (key === undefined || !isPending(key)) return key;
    return changed.get(key) ?? known.get(key)?.personId ?? key;
  };
  return { personOf, merges, touched };
}

/** Not known yet to be anybody else: an alias standing for itself. */
export const isPending = (id: PersonId) => id.startsWith('anon:') || id.startsWith('email:');

/** Who did an event in the words of its source: a user id or an alias. */
export function reportedPerson(event: ReportedEvent): string | undefined {
  if (event.userId !== undefined) return event.userId;
  if (event.anonymousId !== undefined) return `anon:${event.anonymousId}`;
  return event.email === undefined ? undefined : emailAlias(event.email);
}

const emailAlias = (address: string) => `email:${normaliseAddress(address)}`;

/** Most aliases come together with their user from the first: nobody has been taken for those. */
async function findMerges(
  tx: Sql,
  changed: ReadonlyMap<string, PersonId>,
  known: ReadonlyMap<string, Tie>,
): Promise<Merge[]> {
  const merges = [...changed].flatMap(([alias, personId]): Merge[] => {
    const before = known.get(alias)?.personId;
    return before === personId ? [] : [{ alias, personId, ...(before === undefined ? {} : { before }) }];
  });
  const pending = await readPeople(
    tx,
    merges.map(({ alias }) => alias),
  );
  return merges.filter(({ alias, before }) => before !== undefined || pending.has(alias));
}

/** What an event says about who is who: it carries two ids, or the address of a known user. */
export function claimsOf(event: ReportedEvent): Tie[] {
  if (event.userId === undefined) return [];
  const personId = event.userId;
  const stamp = { occurredAt: event.occurredAt, id: event.id };
  // A browser vouches for its user's id, not for an address: whose it is only a server says.
  const trait =
    event.name === 'Person Updated' && event.trust === 'server' ? event.properties['email'] : undefined;
  const addresses = [event.email, trait].filter(
    (text): text is string => typeof text === 'string' && text.includes('@'),
  );
  return [
    ...(event.anonymousId === undefined ? [] : [{ alias: `anon:${event.anonymousId}`, personId, stamp }]),
    ...addresses.map((address) => ({ alias: emailAlias(address), personId, stamp })),
  ];
}

/** Of these claims those that count, for they are earlier than what is known. */
export function earliestClaims(claims: readonly Tie[], known: ReadonlyMap<string, Tie>): Tie[] {
  const best = new Map<string, Tie>();
  for (const claim of claims) {
    const rival = best.get(claim.alias) ?? known.get(claim.alias);
    if (rival === undefined || compareEvents(claim.stamp, rival.stamp) < 0) best.set(claim.alias, claim);
  }
  return [...best.values()];
}
