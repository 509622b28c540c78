import type { StampedTraits } from '../db/people.ts';
import type { Scalar } from '../engine/catalog.ts';
import type { ReportedEvent } from '../sources/reported.ts';

/** What an event says of its person, each trait with the event's stamp. */
export function stamped(event: ReportedEvent): StampedTraits {
  const scalars = Object.entries(event.properties).filter((entry): entry is [string, Scalar] =>
    isScalar(entry[1]),
  );
  return Object.fromEntries(
    scalars.map(([key, value]) => [key, [value, event.occurredAt, event.id] as const]),
  );
}

const isScalar = (value: unknown): value is Scalar =>
  value === null ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= 1000);

/** Per trait the value with the latest stamp; at most 200 traits, the latest set. */
export function mergeTraits(all: readonly StampedTraits[]): StampedTraits {
  const merged = new Map<string, StampedTraits[string]>();
  for (const traits of all) {
    for (const [key, entry] of Object.entries(traits)) {
      const rival = merged.get(key);
      if (rival === undefined || entry[1] > rival[1] || (entry[1] === rival[1] && entry[2] >= rival[2]))
        merged.set(key, entry);
    }
  }
  const entries = [...merged];
  if (entries.length > MAX_TRAITS) entries.sort(([, a], [, b]) => b[1] - a[1]);
  return Object.fromEntries(entries.slice(0, MAX_TRAITS));
}

const MAX_TRAITS = 200;
