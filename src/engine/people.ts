import type { Event } from './event.ts';
import { isAfter } from './mark.ts';
import { own, put } from './record.ts';
import type { AccountState } from './state.ts';

/**
 * Remembers that a person did something, and whether it is evidence for readiness. Our own events are about
 * people, not by them: having been asked makes nobody more active.
 */
export function foldPerson(state: AccountState, event: Event, isEvidence: boolean): void {
  const { personId } = event;
  if (personId === undefined || event.source === 'goodturn') return;
  const known = own(state.people, personId);
  if (known === undefined) {
    put(state.people, personId, { own: isEvidence ? 1 : 0, latest: { at: event.occurredAt, id: event.id } });
    return;
  }
  if (isEvidence) known.own += 1;
  if (isAfter(event, known.latest)) known.latest = { at: event.occurredAt, id: event.id };
}
