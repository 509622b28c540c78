import type { Match, Test, Where } from '../engine/catalog.ts';
import { noteOddEvent } from './event-names.ts';
import { describe, itemsOf, type Place, report, scalarOf } from './place.ts';
import { dictionary, type Given, list, mapped, type Reader, record, says } from './readers.ts';
import { anyNumber, flag, scalar, text } from './value-readers.ts';

export const eventName: Reader<string> = mapped(text, (name, at) => {
  noteOddEvent(name, at);
  return name;
});

const scalars = list('a list of values', scalar, 'write [a, b]');

/** The keys of a test, as they are written; shared with the tests of a trait. */
export const testKeys = {
  is: scalar,
  not: scalar,
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

const test: Reader<Test> = mapped(testRecord, toTest);

type Written = Omit<Test, 'atLeast' | 'atMost'> & { readonly at_least?: number; readonly at_most?: number };

export function toTest({ at_least, at_most, ...rest }: Written): Test {
  return {
    ...rest,
    ...(at_least === undefined ? {} : { atLeast: at_least }),
    ...(at_most === undefined ? {} : { atMost: at_most }),
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
    const value = scalar.read(at);
    return value === undefined ? undefined : { is: value };
  },
  schema: { anyOf: [scalar.schema, test.schema] },
};

const conditions = dictionary(
  'properties and what they must be, like { score: { at_least: 9 } }',
  condition,
  (key, at) => {
    if (key.trim() === '') report(at, 'expected the name of a property, got an empty one');
  },
);

export const where: Reader<Where> = mapped(conditions, (found) =>
  [...found].map(([path, one]) => ({ path, test: one })),
);

/** Conditions that say something: a gate with none would always pass. */
export const someWhere: Reader<Where> = mapped(where, (found, at) =>
  found.length > 0
    ? found
    : report(at, 'expected at least one property, like { plan: enterprise }, got an empty map'),
);

/** The keys of `{ event, where }`, for the kinds of signal that ask for more than these. */
export const matchMust = { event: says('The name of the event.', eventName) } as const;
export const matchMay = { where: says('What its properties must be.', where) } as const;

export function toMatch(found: { readonly event: string; readonly where?: Where | undefined }): Match {
  return { event: found.event, where: found.where ?? [] };
}

export const match: Reader<Match> = mapped(
  record('an event, like { event: Report Shared }', matchMust, matchMay),
  toMatch,
);
