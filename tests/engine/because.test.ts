import { expect, test } from 'vitest';
import {
  durationInWords,
  holdInWords,
  mismatchInWords,
  nameInWords,
  nextInWords,
  personInWords,
  pointsInWords,
  whenInWords,
} from '../../src/engine/because.ts';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';
import { aPerson, day, where } from '../builders.ts';

test('an instant is said as near as it is', () => {
  expect(whenInWords(day(0) + 5 * HOUR, day(0), 'UTC')).toBe('today 15:00');
  expect(whenInWords(day(1), day(0), 'UTC')).toBe('Thursday 10:00');
  expect(whenInWords(day(-2), day(0), 'UTC')).toBe('Monday 10:00');
  expect(whenInWords(day(6), day(0), 'UTC')).toBe('13 January');
  expect(whenInWords(day(400), day(0), 'UTC')).toBe('11 February 2027');
  expect(whenInWords(day(31), day(0), 'UTC')).toBe('7 February');
  expect(whenInWords(Number.POSITIVE_INFINITY, day(0), 'UTC')).toBe('later');
  expect(whenInWords(8.64e15, day(0), 'UTC')).toBe('13 September 275760');
  expect(whenInWords(8.64e15 + 1, day(0), 'UTC')).toBe('later');
});

test('and in the hours of the place', () => {
  expect(whenInWords(day(0) + 5 * HOUR, day(0), 'Asia/Tokyo')).toBe('Thursday 00:00');
});

test('what comes next is left out where time alone changes nothing', () => {
  expect(nextInWords(undefined, day(0), 'UTC')).toBe('');
  expect(nextInWords(Number.POSITIVE_INFINITY, day(0), 'UTC')).toBe('');
  expect(nextInWords(day(1), day(0), 'UTC')).toBe('; possible again from Thursday 10:00');
});

test('lengths, people, holds and numbers in words', () => {
  expect([
    durationInWords(14 * DAY),
    durationInWords(36 * HOUR),
    durationInWords(DAY),
    durationInWords(5 * MINUTE),
  ]).toEqual(['14 days', '36 hours', '1 day', '5 minutes']);
  expect([
    personInWords(aPerson({ traits: { name: 'Ada Lovelace' } })),
    personInWords(aPerson()),
    personInWords(aPerson({ traits: {} })),
    personInWords(aPerson({ traits: { name: ' ', first_name: 'Ada' } })),
  ]).toEqual(['Ada Lovelace', 'ada@customer.example', 'ada', 'Ada']);
  expect(nameInWords('good__business-review')).toBe('good business review');
  expect(holdInWords({ until: day(1), reason: 'renewal talks', by: 'Sam' }, day(0), 'UTC')).toBe(
    'put on hold by Sam until Thursday 10:00: renewal talks',
  );
  expect(holdInWords({ until: Number.POSITIVE_INFINITY, reason: 'a merger', by: 'Sam' }, day(0), 'UTC')).toBe(
    'put on hold by Sam: a merger',
  );
  expect([pointsInWords(59.96), pointsInWords(60), pointsInWords(0)]).toEqual(['59.9', '60', '0']);
});

test('the first property that does not fit is named with what came and what was wanted', () => {
  const wanted = where({ plan: { is: 'pro' }, seats: { above: 5, below: 9 } });
  expect(mismatchInWords(wanted, { plan: 'pro', seats: 9 })).toBe('seats is 9, not above 5 and below 9');
  expect(mismatchInWords(wanted, { plan: null })).toBe('plan is empty, not pro');
  expect(mismatchInWords(wanted, { plan: 'pro', seats: 6 })).toBeUndefined();
  expect(mismatchInWords(where({ on: { exists: false } }), { on: true })).toBe('on is yes, not unknown');
  expect(mismatchInWords(where({ on: { exists: true } }), {})).toBe('on is unknown, not known');
  expect(mismatchInWords(where({ plan: { in: ['pro', ''] } }), { plan: { name: 'pro' } })).toBe(
    'plan is something else, not one of pro, empty',
  );
  expect(mismatchInWords(where({ seats: { atMost: 5 } }), { seats: 9 })).toBe('seats is 9, not at most 5');
  expect(mismatchInWords(where({ note: { contains: 'x' } }), { note: '' })).toBe(
    'note is empty, not containing x',
  );
  expect(mismatchInWords(where({ on: { not: false } }), { on: false })).toBe('on is no, not anything but no');
  expect(mismatchInWords(where({ note: { is: 'x' } }), { note: 'a'.repeat(99) })).toBe(
    `note is ${'a'.repeat(60)}, not x`,
  );
});
