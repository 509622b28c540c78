import { REMOVAL } from './binding.ts';
import type { Event, PersonId, Stamp } from './event.ts';
import { isAfter } from './mark.ts';
import { own, put } from './record.ts';
import type { AccountState, PersonMemory } from './state.ts';
import type { Instant } from './time.ts';

/**
 * Remembers that a person did something, and whether it is evidence for readiness. Our own events are about
 * people, not by them: having been asked makes nobody more active.
 */
export function foldPerson(state: AccountState, event: Event, isEvidence: boolean): void {
  const { personId } = event;
  if (personId === undefined || event.source === 'goodturn') return;
  const known = own(state.people, personId);
  if (known === undefined) {
    const { occurredAt: at, id } = event;
    const latest = event.name === REMOVAL ? { at, id, left: true as const } : { at, id };
    put(state.people, personId, { own: isEvidence ? 1 : 0, latest });
    return;
  }
  if (isEvidence) known.own += 1;
  rememberLatest(known, event);
}

/** The same of an event that is no evidence, by somebody who is remembered already. */
export function rememberLatest({ latest }: PersonMemory, event: Stamp & Pick<Event, 'name'>): void {
  if (!isAfter(event, latest)) return;
  latest.at = event.occurredAt;
  latest.id = event.id;
  if (event.name === REMOVAL) latest.left = true;
  else if (latest.left) delete latest.left;
}

/** Whether the last thing known of a person is that they were taken out of the account. */
export function hasLeft(state: AccountState, personId: PersonId): boolean {
  return own(state.people, personId)?.latest.left === true;
}

/** The latest events of people who did something that changed nothing else. A removal is never among them. */
export type Seen = Readonly<Record<PersonId, readonly [at: Instant, id: string]>>;

/** Brings a state up to what is known of when people of it were last heard of. */
export function foldSeen(state: AccountState, seen: Seen): AccountState {
  for (const [personId, [at, id]] of Object.entries(seen)) {
    const known = own(state.people, personId);
    if (known !== undefined && isAfter({ occurredAt: at, id }, known.latest)) known.latest = { at, id };
  }
  return state;
}
