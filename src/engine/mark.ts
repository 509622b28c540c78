import type { Event, Stamp } from './event.ts';
import { takeSaid } from './says.ts';
import type { Mark } from './state.ts';

/** An event as a signal remembers it, with the properties its sentence needs. */
export function markOf(event: Event, names: readonly string[]): Mark {
  const mark: Mark = { at: event.occurredAt, id: event.id };
  if (event.personId !== undefined) mark.personId = event.personId;
  const said = names.length === 0 ? undefined : takeSaid(names, event.properties);
  if (said !== undefined) mark.said = said;
  return mark;
}

/** Whether an event comes after what is remembered, in the order of (occurredAt, id). */
export function isAfter(event: Stamp, known: { readonly at: number; readonly id: string }): boolean {
  return event.occurredAt > known.at || (event.occurredAt === known.at && event.id > known.id);
}
