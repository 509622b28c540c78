import type { Test } from '../engine/catalog.ts';
import type { Json } from '../engine/event.ts';
import { testValue } from '../engine/match.ts';

/** What one value must pass, and what it must not. */
export type Wanted = { readonly all: readonly Test[]; readonly none?: readonly Test[] };

type Candidate = Json | undefined;

/**
 * Whether any value at all can be as wanted: tried are the values that the tests themselves speak of, those just beside
 * them, and one that none of them knows. `among` are the only values there are, where that is known.
 */
export function isSatisfiable({ all, none = [] }: Wanted, among?: readonly Candidate[]): boolean {
  const candidates = among ?? candidatesOf([...all, ...none]);
  return candidates.some(
    (value) => all.every((test) => testValue(test, value)) && !none.some((test) => testValue(test, value)),
  );
}

function candidatesOf(tests: readonly Test[]): readonly Candidate[] {
  const named = tests.flatMap(({ is, not, in: some = [], contains }) => [is, not, contains, ...some]);
  const bounds = tests.flatMap(({ atLeast, atMost, above, below }) => [atLeast, atMost, above, below]);
  const numbers = [...named, ...bounds].filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const between = numbers.slice(1).map((value, index) => (value + (numbers[index] ?? value)) / 2);
  const parts = tests.flatMap(({ contains }) => (contains === undefined ? [] : [contains]));
  const [least = 0, most = 0] = [numbers[0], numbers.at(-1)];
  return [
    undefined,
    null,
    true,
    ...named,
    ...numbers,
    ...between,
    least - 1,
    most + 1,
    -Number.MAX_VALUE,
    Number.MAX_VALUE,
    `${parts.filter((part) => typeof part === 'string').join(' ')}…`,
    // A list may hold everything that a text cannot.
    [...parts, '…'],
  ];
}
