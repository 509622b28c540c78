import { describe, expect, test } from 'vitest';
import { workingDaysLater } from '../../src/engine/calendar.ts';

const at = (text: string) => Date.parse(text);

describe('five working days later', () => {
  test.each([
    ['on a Wednesday', '2026-01-07T10:00Z', '2026-01-14T10:00Z'],
    ['on a Friday', '2026-01-09T10:00Z', '2026-01-16T10:00Z'],
    ['on a Saturday', '2026-01-10T10:00Z', '2026-01-16T10:00Z'],
    ['on a Sunday', '2026-01-11T10:00Z', '2026-01-16T10:00Z'],
  ])('%s', (_, from, to) => {
    expect(workingDaysLater('UTC', at(from), 5)).toBe(at(to));
  });

  test('it is the same hour by the clock on the wall, though the clock was changed', () => {
    // Berlin put its clock forward on 29 March 2026.
    expect(workingDaysLater('Europe/Berlin', at('2026-03-25T09:00Z'), 5)).toBe(at('2026-04-01T08:00Z'));
  });

  test('the calendar is that of the zone', () => {
    // Friday evening in UTC is Saturday in Auckland.
    expect(workingDaysLater('Pacific/Auckland', at('2026-01-09T20:00Z'), 1)).toBe(at('2026-01-11T20:00Z'));
  });
});
