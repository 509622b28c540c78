import type { AccountId, Event, PersonId } from '../engine/event.ts';
import type { Sql } from './client.ts';
import { type EventRow, toEvent } from './events.ts';

/** The latest of the events with one of these names, of this person where one is given. */
export async function latestEventOf(
  tx: Sql,
  accountId: AccountId,
  names: readonly string[],
  personId: PersonId | undefined,
): Promise<Event | undefined> {
  const { rows } = await tx.query<EventRow>(
    `select account_id, occurred_at, id, person_id, source, name, received_at, imported, properties
     from event where account_id = $1 and name = any($2) and ($3::text is null or person_id = $3) and trust <> 'public'
     order by occurred_at desc, id desc limit 1`,
    [accountId, names, personId ?? null],
  );
  return rows[0] && toEvent(rows[0]);
}
