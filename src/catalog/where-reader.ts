import type { Match, Scalar, Test, Where } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { noteOddEvent } from './event-names.ts';
import { describe, isBlank, itemsOf, note, type Place, report, scalarOf } from './place.ts';
import { dictionary, type Given, list, mapped, narrowed, type Reader, record, says } from './readers.ts';
import { isSatisfiable } from './satisfiable.ts';
import { anyNumber, flag, scalar, textOf } from './value-readers.ts';

export const eventName: Reader<string> = mapped(textOf('the name of an event'), (name, at) => {
  noteOddEvent(name, at);
  return name;
});

const scalars: Reader<readonly Scalar[]> = narrowed(
  mapped(list('a list of values', scalar), (values, at) =>
    values.length > 0 ? values : report(at, 'expected at least one value, got an empty list'),
  ),
  { minItems: 1 },
);

/** One value; a list is for another key. */
const value = (forSeveral: string): Reader<Scalar> => ({
  ...scalar,
  read: (at) =>
    itemsOf(at) === undefined
      ? scalar.read(at)
      : report(at, 'expected a single value, got a list', forSeveral),
});

/** The keys of a test, as they are written; shared with the tests of a trait. */
export const testKeys = {
  is: value('for one of several write in: [a, b]'),
  not: value('for none of several put { in: [a, b] } in a gate of "unless"'),
  in: scalars,
  at_least: anyNumber,
  at_most: anyNumber,
} as const;

const testRecord = record(
  'a test like { at_least: 9 }',
  {},
  { ...testKeys, above: anyNumber, below: anyNumber, contains: scalar, exists: flag },
  (found, at, given) => {
    if (given.size + given.strangers === 0)
      report(at, 'expected a test like { at_least: 9 }, got an empty map');
    checkBounds(found.at_least, found.at_most, given, at);
  },
);

const test: Reader<Test> = mapped(testRecord, (written, at) => {
  const wanted = toTest(written);
  if (isSatisfiable({ all: [wanted] })) return wanted;
  return report(at, 'no value passes all of this test');
});

type Written = Omit<Test, 'atLeast' | 'atMost'> & { readonly at_least?: number; readonly at_most?: number };

export function toTest({ at_least, at_most, ...rest }: Written): Test {
  return {
    ...rest,
    ...defined({ atLeast: at_least, atMost: at_most }),
  };
}

/** No value is at least 9 and at most 6. */
export function checkBounds(
  least: number | undefined,
  most: number | undefined,
  given: Given,
  at: Place,
): void {
  if (least === undefined || most === undefined || least <= most) return;
  const place = given.get('at_most')?.keyAt ?? at;
  report(place, `nothing is at least ${least} and at most ${most}`, 'swap the two numbers?');
}

/** One property: a plain value means equality, a map is a test; a list could mean either, so it is refused. */
const condition: Reader<Test> = {
  read: (at) => {
    const items = itemsOf(at);
    if (items !== undefined) {
      const shown = items.slice(0, 4).map(describe).join(', ');
      return report(at, 'expected a value or a test, got a list', `write { in: [${shown}] }`);
    }
    if (scalarOf(at) === undefined) return test.read(at);
    if (isBlank(at))
      return report(at, 'expected a value or a test, got nothing', 'for "not there" write { exists: false }');
    const is = scalar.read(at);
    if (is === undefined) return undefined;
    noteOperator(is, at);
    return { is };
  },
  schema: { anyOf: [scalar.schema, test.schema] },
};

/** `score: ">= 9"` looks for that very text. */
function noteOperator(value: Scalar, at: Place): void {
  const [, sign = '', number] = (typeof value === 'string' && /^([<>]=?)\s*(-?[\d.]+)$/.exec(value)) || [];
  const operator = OPERATORS[sign];
  if (operator === undefined) return;
  note(at, `this looks for the very text "${value}"`, `for a number write { ${operator}: ${number} }`);
}

const OPERATORS: Readonly<Record<string, string>> = {
  '>': 'above',
  '>=': 'at_least',
  '<': 'below',
  '<=': 'at_most',
};

const conditions = (what: string) =>
  dictionary(what, condition, (key, at) => {
    if (key.trim() === '') report(at, 'expected the name of a property, got an empty one');
  });

const whereOf = (what: string): Reader<Where> =>
  mapped(conditions(what), (found) => [...found].map(([path, one]) => ({ path, test: one })));

export const where = whereOf('properties and what they must be, like { score: { at_least: 9 } }');

/** Conditions that say something: a gate with none would always pass. */
export const someWhere = (what: string): Reader<Where> =>
  narrowed(
    mapped(whereOf(what), (found, at) =>
      found.length > 0 ? found : report(at, `expected ${what}, got an empty map`),
    ),
    { minProperties: 1 },
  );

/** The keys of `{ event, where }`, for the kinds of signal that ask for more than these. */
export const matchMust = {
  event: says('The name of the event.', {
    ...eventName,
    read: (at: Place) =>
      itemsOf(at) === undefined
        ? eventName.read(at)
        : report(at, 'expected the name of one event, got a list', 'make a signal of each'),
  }),
} as const;
export const matchMay = { where: says('What its properties must be.', where) } as const;

export function toMatch(found: { readonly event: string; readonly where?: Where | undefined }): Match {
  return { event: found.event, where: found.where ?? [] };
}

export const match: Reader<Match> = mapped(
  record('an event, like { event: Report Shared }', matchMust, matchMay),
  toMatch,
);
