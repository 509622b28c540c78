import type { Evidence, GrowthBy, TraitTest } from '../engine/catalog.ts';
import { describe, type Place, report, scalarOf } from './place.ts';
import { type Given, mapped, type Reader, record, says } from './readers.ts';
import { longDuration } from './time-readers.ts';
import { parsePercent, text, wholeBetween } from './value-readers.ts';
import { checkBounds, match, matchMay, matchMust, testKeys, toMatch, toTest } from './where-reader.ts';

const times = says('How many matching events, at most 1000.', wholeBetween(1, 1_000));
const within = says('How far to look back.', longDuration);

const happened: Reader<Evidence> = mapped(
  record('an event, like { event: Kind Words }', matchMust, { ...matchMay, until: match }),
  (found) => ({
    kind: 'happened' as const,
    match: toMatch(found),
    ...(found.until === undefined ? {} : { until: found.until }),
  }),
);

const milestone: Reader<Evidence> = mapped(
  record('a milestone, like { event: Workflow Completed, times: 10 }', { ...matchMust, times }, matchMay),
  (found) => ({ kind: 'milestone' as const, match: toMatch(found), times: found.times }),
);

const frequency: Reader<Evidence> = mapped(
  record(
    'a frequency, like { event: Report Shared, times: 4, within: 30d }',
    { ...matchMust, times, within },
    matchMay,
  ),
  (found) => ({
    kind: 'frequency' as const,
    match: toMatch(found),
    times: found.times,
    within: found.within,
  }),
);

const growthBy: Reader<GrowthBy> = {
  read: (at) => {
    const value = scalarOf(at)?.value;
    const amount = typeof value === 'string' ? parsePercent(value) : value;
    if (typeof amount !== 'number' || !Number.isFinite(amount)) {
      return report(at, `expected a percentage like 20% or a number, got ${describe(at)}`);
    }
    if (amount === 0)
      return report(at, 'expected more or less than nothing, got 0', 'a fall is negative: -20%');
    return { unit: typeof value === 'string' ? 'percent' : 'number', amount };
  },
  schema: { anyOf: [{ type: 'string', pattern: '^-?\\d+(\\.\\d+)?%$' }, { type: 'number' }] },
};

const growth: Reader<Evidence> = mapped(
  record('a growth, like { trait: seats, by: 20%, within: 60d }', { trait: text, by: growthBy, within }, {}),
  (found) => ({ kind: 'growth' as const, ...found }),
);

const npsScore = wholeBetween(0, 10);

const nps: Reader<Evidence> = mapped(
  record(
    'a score, like { at_least: 9 }',
    {},
    { at_least: npsScore, at_most: npsScore, people: wholeBetween(1, 10_000) },
    (found, at, given) => {
      if (!given.has('at_least') && !given.has('at_most') && given.strangers === 0)
        report(at, 'expected at_least or at_most, like { at_least: 9 }');
      checkBounds(found.at_least, found.at_most, given, at);
    },
  ),
  ({ at_least, at_most, people = 1 }) => ({
    kind: 'nps' as const,
    people,
    ...(at_least === undefined ? {} : { atLeast: at_least }),
    ...(at_most === undefined ? {} : { atMost: at_most }),
  }),
);

const silent: Reader<Evidence> = mapped(
  record('a silence, like { event: Report Shared, for: 30d }', { ...matchMust, for: longDuration }, matchMay),
  (found) => ({ kind: 'silent' as const, match: toMatch(found), for: found.for }),
);

const TRAIT_TESTS = ['is', 'not', 'in', 'at_least', 'at_most', 'within_next', 'within_last'];

const trait: Reader<Evidence> = mapped(
  record(
    'a trait and its test, like { name: plan, in: [pro, enterprise] }',
    { name: text },
    { ...testKeys, within_next: longDuration, within_last: longDuration },
    checkTrait,
  ),
  ({ name, within_next, within_last, ...rest }) => {
    const test: TraitTest = {
      ...toTest(rest),
      ...(within_next === undefined ? {} : { withinNext: within_next }),
      ...(within_last === undefined ? {} : { withinLast: within_last }),
    };
    return { kind: 'trait' as const, name, test };
  },
);

function checkTrait(
  found: { readonly at_least?: number | undefined; readonly at_most?: number | undefined },
  at: Place,
  given: Given,
): void {
  if (given.strangers === 0 && !TRAIT_TESTS.some((key) => given.has(key)))
    report(at, `a trait needs a test: one of ${TRAIT_TESTS.join(', ')}`);
  checkBounds(found.at_least, found.at_most, given, at);
}

const tenure: Reader<Evidence> = mapped(
  record('an age, like { at_least: 90d }', { at_least: longDuration }, {}),
  ({ at_least }) => ({ kind: 'tenure' as const, atLeast: at_least }),
);

/** The kinds of signal, each below its own key. */
export const evidenceReaders = {
  happened: says('An event happened at least once.', happened),
  milestone: says('An event happened so many times in all.', milestone),
  frequency: says('An event happened so many times in a window.', frequency),
  growth: says('A number the account reports rose (or fell).', growth),
  nps: says('People whose latest answer is high (or low).', nps),
  silent: says('An event that used to happen has stopped.', silent),
  trait: says('The account is of such a kind.', trait),
  tenure: says('The account is at least so old.', tenure),
} as const;
