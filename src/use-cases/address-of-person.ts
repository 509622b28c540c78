import type { PersonRow } from '../db/people.ts';
import type { PersonId } from '../engine/event.ts';

/** Where a person can be written to: their email, or the address that is all we know of them. */
export const addressOfPerson = (
  id: PersonId,
  row: Pick<PersonRow, 'email'> | undefined,
): string | undefined => row?.email ?? (id.startsWith('email:') ? id.slice('email:'.length) : undefined);
