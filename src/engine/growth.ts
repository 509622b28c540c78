import type { GrowthBy } from './catalog.ts';
import type { Event } from './event.ts';
import { isAfter } from './mark.ts';
import { valueAt } from './match.ts';
import { NO_EVIDENCE, type Reading } from './reading.ts';
import { own, put } from './record.ts';
import { takeSaid } from './says.ts';
import { type AccountState, MAX_REPORTS, type NumberReport } from './state.ts';
import type { Duration, Instant } from './time.ts';

/** A trait that growth signals watch: the longest of their windows, and what their sentences need. */
export type WatchedTrait = {
  readonly trait: string;
  readonly longest: Duration;
  readonly said: readonly string[];
};

/**
 * Remembers a report of the trait as a JSON number; anything else is no report. Kept are those within `longest`
 * of the latest, the last one before those and the first: what any window needs to know its start.
 */
export function foldReport(state: AccountState, { trait, longest, said }: WatchedTrait, event: Event): void {
  const value = valueAt(event.properties, trait);
  if (typeof value !== 'number') return;
  let reports = own(state.reports, trait);
  if (reports === undefined) {
    reports = [];
    put(state.reports, trait, reports);
  }
  let place = reports.length;
  for (
    let before = reports[place - 1];
    before !== undefined && !isAfter(event, before);
    before = reports[place - 1]
  ) {
    if (before.at === event.occurredAt && before.id === event.id) return;
    place -= 1;
  }
  const report: NumberReport = { value, at: event.occurredAt, id: event.id };
  const words = said.length === 0 ? undefined : takeSaid(said, event.properties);
  if (words !== undefined) report.said = words;
  reports.splice(place, 0, report);
  forget(reports, longest);
}

/**
 * Evidence while the trait now is above (for a negative `by`: below) its value at `at − within`, or its first value
 * if it was first known later, by at least `by`. Dates from the latest report higher (lower) than the one before it.
 */
export function readGrowth(
  state: AccountState,
  trait: string,
  by: GrowthBy,
  within: Duration,
  at: Instant,
): Reading {
  const reports = own(state.reports, trait);
  const now = reports?.at(-1);
  const then = reports?.[startOf(reports, at - within)];
  if (reports === undefined || now === undefined || then === undefined) return NO_EVIDENCE;
  if (!moved(by, then.value, now.value)) return NO_EVIDENCE;
  const latest = latestMove(reports, by) ?? now;
  return {
    strength: 1,
    datedAt: latest.at,
    facts: {
      count: undefined,
      from: then.value,
      to: now.value,
      value: now.value,
      personId: undefined,
      said: latest.said,
    },
  };
}

/** The first instant after `at` at which time alone, by moving the start of the window, turns the answer. */
export function growthTurnsAt(
  state: AccountState,
  trait: string,
  by: GrowthBy,
  within: Duration,
  at: Instant,
): Instant | undefined {
  const reports = own(state.reports, trait) ?? [];
  const now = reports.at(-1);
  const start = startOf(reports, at - within);
  const then = reports[start];
  if (now === undefined || then === undefined) return undefined;
  const answer = moved(by, then.value, now.value);
  for (let i = start + 1; i < reports.length; i += 1) {
    const report = reports[i];
    // Of several at one instant the last is the value from then on.
    if (report === undefined || report.at === reports[i + 1]?.at) continue;
    if (moved(by, report.value, now.value) !== answer) return report.at + within;
  }
  return undefined;
}

function forget(reports: NumberReport[], longest: Duration): void {
  const cut = (reports.at(-1)?.at ?? 0) - longest;
  let lastBefore = 0;
  while ((reports[lastBefore + 1]?.at ?? Number.POSITIVE_INFINITY) <= cut) lastBefore += 1;
  if (lastBefore > 1) reports.splice(1, lastBefore - 1);
  if (reports.length > MAX_REPORTS) reports.splice(1, reports.length - MAX_REPORTS);
}

/** Index of the last report at or before `instant`, 0 (the first value) when there is none. */
function startOf(reports: readonly NumberReport[], instant: Instant): number {
  let low = 0;
  let high = reports.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((reports[middle]?.at ?? 0) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

function moved({ unit, amount }: GrowthBy, then: number, now: number): boolean {
  const change = amount < 0 ? then - now : now - then;
  if (!(change > 0)) return false;
  const least = Math.abs(amount);
  return unit === 'percent' ? 100 * change >= least * then : change >= least;
}

function latestMove(reports: readonly NumberReport[], { amount }: GrowthBy): NumberReport | undefined {
  for (let i = reports.length - 1; i > 0; i -= 1) {
    const report = reports[i];
    const before = reports[i - 1];
    if (report === undefined || before === undefined) continue;
    if (amount < 0 ? report.value < before.value : report.value > before.value) return report;
  }
  return undefined;
}
