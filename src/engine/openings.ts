import type { Agenda, Opening } from './account.ts';
import type { Catalog, Trigger } from './catalog.ts';
import { indexOf } from './catalog-index.ts';
import { compareEvents, type Event, type Json, type JsonObject, type PersonId } from './event.ts';
import { isEmpty, own } from './record.ts';
import type { Instant } from './time.ts';

/** As many events wait per trigger; of more, the oldest go. */
export const MOST_OPENINGS = 20;

/**
 * The agenda after a newly stored event: an opening for each live or shadow trigger that waits for it.
 * History opens nothing, nor does an event older than the trigger's `fresh` on arrival, nor an update of a
 * known NPS response that leaves its score as it was (`changedNps: false`, which the caller knows).
 * The same agenda is returned when nothing changes.
 */
export function open(
  agenda: Agenda,
  event: Event,
  catalog: Catalog,
  { changedNps = true }: { readonly changedNps?: boolean } = {},
): Agenda {
  if (event.imported) return arriveByImport(agenda);
  const awake = agenda.dormant ? wake(agenda) : agenda;
  const waiting = indexOf(catalog).waitingFor.get(event.name);
  if (!waiting || (event.name === 'NPS Answered' && !changedNps)) return awake;
  const age = event.receivedAt - event.occurredAt;
  let openings = awake.openings;
  let opening: Opening | undefined;
  for (const { name, fresh } of waiting) {
    if (age >= fresh) continue;
    opening ??= openingOf(event);
    openings = { ...openings, [name]: withOpening(own(openings, name) ?? [], opening) };
  }
  return openings === awake.openings ? awake : { ...awake, openings };
}

/** The openings of a trigger that may still ask at `at`: younger than `fresh`. */
export function freshOpenings(agenda: Agenda, { name, fresh }: Trigger, at: Instant): readonly Opening[] {
  const openings = own(agenda.openings, name);
  if (!openings) return NONE;
  return openings.some(({ occurredAt }) => at - occurredAt >= fresh)
    ? openings.filter(({ occurredAt }) => at - occurredAt < fresh)
    : openings;
}

const NONE: readonly Opening[] = [];

/**
 * The agenda once it is known anew who did which event of the account: what waits is theirs, and events that
 * turned out to be another account's wait here no longer.
 */
export function keepOpenings(agenda: Agenda, doneBy: ReadonlyMap<string, PersonId | undefined>): Agenda {
  const openings: Record<string, readonly Opening[]> = {};
  for (const [trigger, waiting] of Object.entries(agenda.openings)) {
    const left = waiting
      .filter(({ id }) => doneBy.has(id))
      .map((opening) => withPerson(opening, doneBy.get(opening.id)));
    if (left.length > 0) openings[trigger] = left;
  }
  return { ...agenda, openings };
}

function withPerson({ personId: _, ...opening }: Opening, personId: PersonId | undefined): Opening {
  return personId === undefined ? opening : { ...opening, personId };
}

// An account that has been looked at before stays awake: it has verdicts, or events that wait.
function arriveByImport(agenda: Agenda): Agenda {
  const untouched = isEmpty(agenda.verdicts) && isEmpty(agenda.openings) && isEmpty(agenda.cycles);
  return untouched && !agenda.dormant ? { ...agenda, dormant: true } : agenda;
}

function wake({ openings, cycles, verdicts }: Agenda): Agenda {
  return { openings, cycles, verdicts };
}

export function withOpening(openings: readonly Opening[], opening: Opening): readonly Opening[] {
  // A changed score takes the place of the answer it corrects.
  const response = responseOf(opening);
  const others = openings.filter(
    (one) => one.id !== opening.id && (response === undefined || responseOf(one) !== response),
  );
  return [...others, opening].sort(compareEvents).slice(-MOST_OPENINGS);
}

function responseOf({ name, personId, properties }: Opening): string | undefined {
  const response = name === 'NPS Answered' ? properties.response_id : undefined;
  return response === undefined || response === null ? undefined : `${personId}/${String(response)}`;
}

/** An event as it waits. */
export function openingOf({ id, occurredAt, name, personId, properties }: Event): Opening {
  const kept = { id, occurredAt, name, properties: shorten(properties, DEEPEST) };
  return personId === undefined ? kept : { ...kept, personId };
}

// An opening is kept with its account and with the ask, so what it keeps of an event is bounded.
const LONGEST_TEXT = 1000;
const MOST_KEYS = 100;
const MOST_ITEMS = 20;
const DEEPEST = 3;

function shorten(properties: JsonObject, depth: number): JsonObject {
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(properties).slice(0, MOST_KEYS)) {
    const kept = shortenValue(value, depth);
    if (kept !== undefined) entries.push([key, kept]);
  }
  return Object.fromEntries(entries);
}

function shortenValue(value: Json, depth: number): Json | undefined {
  // Half of a surrogate pair would not survive the database.
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT).replace(/[\uD800-\uDBFF]$/, '');
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value))
    return value
      .slice(0, MOST_ITEMS)
      .flatMap((item) => (isScalar(item) ? [shortenValue(item, 0) ?? null] : []));
  return depth > 1 ? shorten(value, depth - 1) : undefined;
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

// Array.isArray alone does not narrow a readonly array out of a union.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
