import type { Sql } from '../db/client.ts';
import { type KnownPeople, type PersonRow, readKnownPeople, readTies, type Tie } from '../db/people.ts';
import type { PersonId } from '../engine/event.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import type { LockIdentities } from './lock-identities.ts';
import { changesBindings, membershipsOf } from './memberships.ts';
import { claimsOf, earliestClaims, isPending, reportedPerson } from './resolve-aliases.ts';

/** What is known of those whom events name, and nobody else finds out anew until the transaction ends. */
export type Met = {
  readonly lock: LockIdentities;
  /** The ties of all aliases that the events name, by alias. */
  readonly ties: ReadonlyMap<string, Tie>;
  /** Everybody who was looked for; those who are not in `people` were not there. */
  readonly sought: ReadonlySet<PersonId>;
  readonly people: ReadonlyMap<PersonId, PersonRow>;
};

/**
 * Locks whom events name and reads what is known of them. It needs nothing but the events, so that it is sent to the
 * database together with whatever comes before. Who is going to change is guessed by what this process knows.
 */
export async function meetPeople(
  atHand: KnownPeople,
  tx: Sql,
  reported: readonly ReportedEvent[],
  lock: LockIdentities,
): Promise<Met> {
  const events = reported.filter(({ trust }) => trust !== 'public');
  const claims = events.flatMap(claimsOf);
  const named = events.flatMap((event) => reportedPerson(event) ?? []);
  const claimed = new Set(claims.map(({ alias }) => alias));
  const aliases = [...new Set([...claimed, ...named.filter(isPending)])];
  // First the aliases: whose they are must not change any more before these people are locked as well.
  const [, ties] = await Promise.all([
    lock(aliases.map((id) => ({ id, alone: claimed.has(id) }))),
    readTies(tx, aliases),
  ]);
  const moving = new Set([
    ...events.flatMap((event) =>
      event.userId !== undefined && changesBindings(atHand.get(event.userId), membershipsOf(event))
        ? event.userId
        : [],
    ),
    ...earliestClaims(claims, ties).flatMap(({ alias, personId }) => [
      personId,
      ties.get(alias)?.personId ?? personId,
    ]),
  ]);
  const users = [...named, ...[...ties.values()].map(({ personId }) => personId), ...moving].filter(
    (id) => !isPending(id),
  );
  const sought = new Set([...users, ...named]);
  const [, people] = await Promise.all([
    lock([...new Set(users)].map((id) => ({ id, alone: moving.has(id) }))),
    readKnownPeople(atHand, tx, [...sought]),
  ]);
  return { lock, ties, sought, people };
}
