import { describe, expect, test } from 'vitest';
import { matches, testValue, valueAt } from '../../src/engine/match.ts';
import { where } from '../builders.ts';

describe('valueAt', () => {
  test('a dotted path reaches into objects and lists', () => {
    const properties = { plan: { name: 'pro' }, products: [{ sku: 'a' }, { sku: 'b' }] };
    expect(valueAt(properties, 'plan.name')).toBe('pro');
    expect(valueAt(properties, 'products.1.sku')).toBe('b');
  });

  test('a key with that very name goes first, at each level', () => {
    expect(valueAt({ 'plan.name': 'flat', plan: { name: 'deep' } }, 'plan.name')).toBe('flat');
    expect(valueAt({ a: { 'b.c': 1, b: { c: 2 } } }, 'a.b.c')).toBe(1);
  });

  test('only whole numbers are places of a list, and a name without a dot is no path', () => {
    const list = { a: Array.from({ length: 12 }, (_, n) => n) };
    expect(valueAt(list, 'a.11')).toBe(11);
    expect(valueAt(list, 'a.1x')).toBeUndefined();
    expect(valueAt(list, 'a.x1')).toBeUndefined();
    expect(valueAt({ ab: { c: 1 } }, 'abc')).toBeUndefined();
    expect(valueAt({ a: null }, 'a.b')).toBeUndefined();
    expect(valueAt({ '': { b: 1 } }, '.b')).toBe(1);
  });

  test('what the language itself puts on objects and lists is not there', () => {
    expect(valueAt({}, 'constructor')).toBeUndefined();
    expect(valueAt({}, '__proto__.x')).toBeUndefined();
    expect(valueAt({ list: [1] }, 'list.length')).toBeUndefined();
    expect(valueAt({ text: 'abc' }, 'text.length')).toBeUndefined();
  });
});

describe('testValue', () => {
  test.each([
    [{ is: 'pro' }, 'pro', true],
    [{ is: 1 }, '1', false],
    [{ is: null }, null, true],
    [{ not: 'pro' }, 'free', true],
    [{ not: 'pro' }, 'pro', false],
    [{ in: ['a', 2] }, 2, true],
    [{ in: ['a', 2] }, '2', false],
    [{ atLeast: 9 }, 9, true],
    [{ atLeast: 9 }, 8, false],
    [{ atLeast: 9 }, '9', false],
    [{ atMost: 6 }, 6, true],
    [{ atMost: 6 }, 7, false],
    [{ atMost: 6 }, null, false],
    [{ above: 2 }, 2, false],
    [{ above: 2 }, 3, true],
    [{ below: 2 }, 2, false],
    [{ below: 2 }, 1, true],
    [{ above: 1, below: 3 }, 2, true],
    [{ contains: 'enter' }, 'enterprise', true],
    [{ contains: 'x' }, 'enterprise', false],
    [{ contains: 'x' }, ['y', 'x'], true],
    [{ contains: 1 }, ['1'], false],
    [{ contains: 1 }, 'a1', false],
    [{ exists: true }, null, true],
    [{ exists: false }, 0, false],
  ])('%j of %j is %j', (wanted, value, answer) => {
    expect(testValue(wanted, value)).toBe(answer);
  });

  test('a missing value fails everything but "not" and "exists: false"', () => {
    expect(testValue({ not: 'pro' }, undefined)).toBe(true);
    expect(testValue({ exists: false }, undefined)).toBe(true);
    const others = [{ is: null }, { in: [null] }, { atLeast: 0 }, { atMost: 0 }, { above: 0 }, { below: 0 }];
    for (const wanted of [...others, { contains: '' }, { exists: true }, { not: 1, atLeast: 0 }]) {
      expect(testValue(wanted, undefined)).toBe(false);
    }
  });
});

describe('matches', () => {
  test('all conditions must hold, and no condition always does', () => {
    const conditions = where({ priority: { in: ['urgent', 'high'] }, score: { atLeast: 9 } });
    expect(matches(conditions, { priority: 'urgent', score: 9 })).toBe(true);
    expect(matches(conditions, { priority: 'urgent', score: 8 })).toBe(false);
    expect(matches([], {})).toBe(true);
  });
});
