import type { KnownPeople } from '../db/people.ts';
import { bind } from '../engine/binding.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Intake, ReportedEvent } from '../sources/reported.ts';
import { reportedPerson } from './resolve-aliases.ts';

/** What one request brought for the accounts of one lane. */
export type Part = Intake & { readonly lane: number };

/**
 * Deals the events of one request out to lanes, so that those of one account, and with them those of its people, take
 * the same one. It is a guess from what is at hand: batches that meet after all wait for each other as those of other
 * processes do.
 */
export function dealOut(known: Pick<KnownPeople, 'get'>, intake: Intake, lanes: number): Part[] {
  const [first] = intake.events;
  if (lanes === 1 || first === undefined) return [{ ...intake, lane: 0 }];
  // What carries no id of its own is new each time it is sent: all of the request is stored, or nothing.
  if (intake.events.some(({ flags }) => flags.includes('no_message_id'))) {
    return [{ ...intake, lane: laneOf(first.id, lanes) }];
  }
  const parts = new Map<number, ReportedEvent[]>();
  const placeOf = placesIn(known, intake.events);
  // Of two events with one id the first counts, so the other may not overtake it.
  const laneOfId = new Map<string, number>();
  for (const event of intake.events) {
    const lane = laneOfId.get(event.id) ?? laneOf(placeOf(event), lanes);
    laneOfId.set(event.id, lane);
    const part = parts.get(lane);
    if (part === undefined) parts.set(lane, [event]);
    else part.push(event);
  }
  const firstLane = laneOfId.get(first.id);
  return [...parts].map(([lane, events]) => ({
    events,
    rejections: lane === firstLane ? intake.rejections : [],
    lane,
  }));
}

/** By what an event is dealt: its account as far as it can be told here, or else its person. */
function placesIn(
  known: Pick<KnownPeople, 'get'>,
  events: readonly ReportedEvent[],
): (event: ReportedEvent) => AccountId | PersonId {
  const accountOf = new Map<PersonId, AccountId>();
  for (const event of events) {
    const person = reportedPerson(event);
    if (person !== undefined && event.ownAccountId !== undefined) accountOf.set(person, event.ownAccountId);
  }
  return (event) => {
    if (event.ownAccountId !== undefined) return event.ownAccountId;
    const person = reportedPerson(event);
    if (person === undefined) return event.id;
    const row = known.get(person);
    return (row && bind(row.bindings, event.occurredAt)) ?? accountOf.get(person) ?? person;
  };
}

/** The 32-bit FNV-1a hash of a text's code units, by which neighbouring names are spread evenly. */
function laneOf(text: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % lanes;
}
