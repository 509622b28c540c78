import type { PersonRow } from '../db/people.ts';
import { type Membership, mayRebind, REMOVAL } from '../engine/binding.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/** What an event says about where its person belongs. */
export function membershipsOf({
  ownAccountId: accountId,
  source,
  occurredAt,
  id,
  name,
}: ReportedEvent): Membership[] {
  if (accountId === undefined || source === 'goodturn') return [];
  return [{ occurredAt, id, accountId, ends: name === REMOVAL }];
}

/** Whether these could put the person into other accounts; of somebody new they are all news. */
export function changesBindings(row: PersonRow | undefined, memberships: readonly Membership[]): boolean {
  return row === undefined || memberships.some((membership) => mayRebind(row.bindings, membership));
}
