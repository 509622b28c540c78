import type { Agenda } from './account.ts';
import type { Catalog } from './catalog.ts';
import type { GateAnswer } from './decision.ts';
import { own } from './record.ts';
import type { Instant } from './time.ts';

/** The first instant at which one of these answers could change by time alone. */
export function firstChange(answers: readonly GateAnswer[]): Instant {
  let first = Number.POSITIVE_INFINITY;
  for (const { changesAt } of answers) {
    if (changesAt !== undefined && changesAt < first) first = changesAt;
  }
  return first;
}

/** The first instant at which an event that waits has grown too old to ask. */
export function firstLapse({ openings }: Agenda, { triggers }: Catalog): Instant {
  let first = Number.POSITIVE_INFINITY;
  for (const { name, fresh } of triggers) {
    for (const { occurredAt } of own(openings, name) ?? []) first = Math.min(first, occurredAt + fresh);
  }
  return first;
}
