import { expect, test } from 'vitest';
import { defined, isEmpty, keepGreatest, own, put } from '../../src/engine/record.ts';

test('what the language puts on every object is nobody’s own', () => {
  const record: Record<string, number> = {};
  for (const name of ['constructor', '__proto__', 'toString']) expect(own(record, name)).toBeUndefined();
  put(record, '__proto__', 1);
  put(record, 'constructor', 2);
  expect(own(record, '__proto__')).toBe(1);
  expect(own(record, 'constructor')).toBe(2);
  put(record, '__proto__', 3);
  expect(JSON.stringify(record)).toBe('{"__proto__":3,"constructor":2}');
  expect(Reflect.deleteProperty(record, '__proto__')).toBe(true);
  expect(own(record, '__proto__')).toBeUndefined();
});

test('of fields those stay that there are', () => {
  expect(Object.entries(defined({ a: 0, b: '', c: false, d: undefined, e: null }))).toEqual([
    ['a', 0],
    ['b', ''],
    ['c', false],
  ]);
});

test('only a record without entries is empty', () => {
  expect(isEmpty({})).toBe(true);
  expect(isEmpty({ a: undefined })).toBe(false);
});

test('the least entries go, and as many as are too many', () => {
  const record: Record<string, number> = { a: 3, b: 1, c: 4, d: 2 };
  keepGreatest(record, 4, ([, one], [, other]) => one < other);
  expect(Object.keys(record)).toEqual(['a', 'b', 'c', 'd']);
  keepGreatest(record, 2, ([, one], [, other]) => one < other);
  expect(record).toEqual({ a: 3, c: 4 });
});
