import type { TraitTest } from './catalog.ts';
import { readDate } from './date.ts';
import type { Json } from './event.ts';
import { testValue } from './match.ts';
import { NO_EVIDENCE, plainFacts, type Reading } from './reading.ts';
import type { AccountState } from './state.ts';
import type { Instant } from './time.ts';
import { accountTrait } from './traits.ts';

/**
 * Evidence while the account's trait passes the test. A date is within the next 45d from 45 days before it until
 * it comes: `at < date ≤ at + 45d`; within the last 45d from then on: `at − 45d < date ≤ at`. Dates are read by
 * `readDate`; a trait that was never reported or was taken back with null is a missing one.
 */
export function readTrait(state: AccountState, name: string, test: TraitTest, at: Instant): Reading {
  const value = accountTrait(state, name);
  if (!testValue(test, value) || !testDate(test, value, at)) return NO_EVIDENCE;
  return {
    strength: 1,
    datedAt: undefined,
    facts: plainFacts(undefined, typeof value === 'object' ? undefined : value),
  };
}

/** The first instant after `at` at which time alone turns the answer. */
export function traitTurnsAt(
  state: AccountState,
  name: string,
  test: TraitTest,
  at: Instant,
): Instant | undefined {
  if (test.withinNext === undefined && test.withinLast === undefined) return undefined;
  const value = accountTrait(state, name);
  const date = readDate(value);
  if (date === undefined || !testValue(test, value)) return undefined;
  const now = testDate(test, value, at);
  return [date - (test.withinNext ?? 0), date, date + (test.withinLast ?? 0)].find(
    (edge) => edge > at && testDate(test, value, edge) !== now,
  );
}

function testDate({ withinNext, withinLast }: TraitTest, value: Json | undefined, at: Instant): boolean {
  if (withinNext === undefined && withinLast === undefined) return true;
  const date = readDate(value);
  if (date === undefined) return false;
  if (withinNext !== undefined && !(date > at && date <= at + withinNext)) return false;
  return withinLast === undefined || (date <= at && date > at - withinLast);
}
