import type { Evidence, GrowthBy, TraitTest } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { describe, entriesOf, isMapAt, type Place, report, scalarOf } from './place.ts';
import { type Given, mapped, narrowed, type Reader, record, says } from './readers.ts';
import { age, longDuration } from './time-readers.ts';
import { anyNumber, parsePercent, textOf, wholeBetween } from './value-readers.ts';
import { checkBounds, match, matchMay, matchMust, testKeys, toMatch, toTest } from './where-reader.ts';

const times = says('How many matching events, at most 1000.', wholeBetween(1, 1_000));
const within = says('How far to look back.', longDuration);

const happened: Reader<Evidence> = mapped(
  record(
    'an event, like { event: Kind Words }',
    matchMust,
    { ...matchMay, until: match },
    undefined,
    (key) =>
      key === 'times' || key === 'within'
        ? 'so often is a milestone, so often in a window a frequency; for how long it counts there is "expires"'
        : undefined,
  ),
  (found) => ({
    kind: 'happened' as const,
    match: toMatch(found),
    ...(found.until === undefined ? {} : { until: found.until }),
  }),
);

const milestone: Reader<Evidence> = mapped(
  record(
    'a milestone, like { event: Workflow Completed, times: 10 }',
    { ...matchMust, times },
    matchMay,
    undefined,
    (key) => (key === 'within' ? 'so often in a window is a frequency' : undefined),
  ),
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
    if (typeof value === 'string' && amount < -100)
      return report(at, `nothing falls by more than 100%, got ${describe(at)}`);
    return { unit: typeof value === 'string' ? 'percent' : 'number', amount };
  },
  schema: { anyOf: [{ type: 'string', pattern: '^-?\\d+(\\.\\d+)?%$' }, { type: 'number' }] },
  expected: 'a percentage like 20% or a number',
};

const traitName = textOf('the name of a trait');

const growth: Reader<Evidence> = mapped(
  record(
    'a growth, like { trait: seats, by: 20%, within: 60d }',
    { trait: traitName, by: growthBy, within },
    {},
  ),
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
    ...defined({ atLeast: at_least, atMost: at_most }),
  }),
);

const silent: Reader<Evidence> = mapped(
  record('a silence, like { event: Report Shared, for: 30d }', { ...matchMust, for: longDuration }, matchMay),
  (found) => ({ kind: 'silent' as const, match: toMatch(found), for: found.for }),
);

const TRAIT_TESTS = ['is', 'not', 'in', 'at_least', 'at_most', 'within_next', 'within_last'];

/** A number; what looks like a day has tests of its own. */
const traitNumber: Reader<number> = {
  ...anyNumber,
  read: (at) => {
    const value = scalarOf(at)?.value;
    if (typeof value !== 'string' || !/^\d{4}-\d\d/.test(value)) return anyNumber.read(at);
    return report(
      at,
      `expected a number, got ${describe(at)}`,
      'for a day write within_next or within_last: 45d',
    );
  },
};

const traitRecord = record(
  'a trait and its test, like { name: plan, in: [pro, enterprise] }',
  { name: traitName },
  {
    ...testKeys,
    at_least: traitNumber,
    at_most: traitNumber,
    within_next: longDuration,
    within_last: longDuration,
  },
  checkTrait,
);

/** `{ plan: pro }` is how a gate says it. */
const namedTrait: typeof traitRecord = {
  ...traitRecord,
  read: (at) => {
    const [only, another] = (isMapAt(at) && entriesOf(at, '')) || [];
    const isPair =
      only !== undefined && another === undefined && !['name', ...TRAIT_TESTS].includes(only.key);
    const value = only && scalarOf(only.value)?.value;
    if (!isPair || value === null || value === undefined) return traitRecord.read(at);
    return report(
      only.keyAt,
      'expected a trait and its test, like { name: plan, in: [pro, enterprise] }',
      `write { name: ${only.key}, is: ${String(value)} }`,
    );
  },
};

const trait: Reader<Evidence> = mapped(namedTrait, ({ name, within_next, within_last, ...rest }) => {
  const test: TraitTest = {
    ...toTest(rest),
    ...defined({ withinNext: within_next, withinLast: within_last }),
  };
  return { kind: 'trait' as const, name, test };
});

function checkTrait(
  found: { readonly at_least?: number | undefined; readonly at_most?: number | undefined },
  at: Place,
  given: Given,
): void {
  if (given.strangers === 0 && !TRAIT_TESTS.some((key) => given.has(key)))
    report(at, `a trait needs a test: one of ${TRAIT_TESTS.join(', ')}`);
  checkBounds(found.at_least, found.at_most, given, at);
}

const tenure: Reader<Evidence> = mapped(age, ({ at_least }) => ({
  kind: 'tenure' as const,
  atLeast: at_least,
}));

/** The kinds of signal, each below its own key. */
export const evidenceReaders = {
  happened: says('An event happened at least once.', happened),
  milestone: says('An event happened so many times in all.', milestone),
  frequency: says('An event happened so many times in a window.', frequency),
  growth: says('A number the account reports rose (or fell).', growth),
  nps: says('People whose latest answer is high (or low).', narrowed(nps, { minProperties: 1 })),
  silent: says('An event that used to happen has stopped.', silent),
  trait: says('The account is of such a kind.', narrowed(trait, { minProperties: 2 })),
  tenure: says('The account is at least so old.', tenure),
} as const;
