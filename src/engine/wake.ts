import type { Agenda } from './account.ts';
import type { Judged } from './judge.ts';
import { readinessTurns } from './readiness-turns.ts';
import { isEmpty, own } from './record.ts';
import type { Situation } from './situation.ts';
import type { Instant } from './time.ts';

/**
 * When the account is to be looked at again: the first instant at which a verdict, what holds, or an open ask's second
 * look (`reviewed`) could change by time alone; Infinity: never. Never late; where readiness decides it may be early.
 */
export function firstWake(
  situation: Situation,
  agenda: Agenda,
  judged: readonly Judged[],
  reviewed: Instant,
  wakesForLapses = true,
): Instant {
  // Imported history wakes nobody.
  if (agenda.dormant) return Number.POSITIVE_INFINITY;
  if (wakesForLapses)
    return firstChange(situation, judged, Math.min(reviewed, firstLapse(situation, agenda)));
  // What would change about an event once it is gone does not matter.
  const lasting = judged.filter(
    ({ opening, trigger, changesAt }) => !opening || changesAt < opening.occurredAt + trigger.fresh,
  );
  return firstChange(situation, lasting, reviewed);
}

/** The first instant before `horizon` at which what was judged could change by time alone; else `horizon`. */
export function firstChange(
  { catalog, view, at, evidence, memo }: Situation,
  judged: readonly Judged[],
  horizon: Instant,
): Instant {
  let first = horizon;
  for (const { changesAt } of judged) if (changesAt < first) first = changesAt;
  if (memo.bounds.length === 0) return first;
  return readinessTurns(view.state, catalog.signals, at, memo.bounds, first, evidence) ?? first;
}

/** The first instant at which an event that waits has grown too old to ask. */
function firstLapse({ catalog }: Situation, { openings }: Agenda): Instant {
  let first = Number.POSITIVE_INFINITY;
  if (isEmpty(openings)) return first;
  for (const { name, fresh } of catalog.triggers) {
    for (const { occurredAt } of own(openings, name) ?? []) first = Math.min(first, occurredAt + fresh);
  }
  return first;
}
