import { describe, expect, test } from 'vitest';
import type { Guardrails, Trigger } from '../../src/engine/catalog.ts';
import { hoursIn, hoursInWords, lostHours } from '../../src/engine/lost-hours.ts';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { aTrigger, someGuardrails } from '../builders.ts';

/** In words; empty where no hour is lost. */
function lost(trigger: Partial<Trigger>, guardrails: Partial<Guardrails> = {}) {
  const found = lostHours(aTrigger(trigger), someGuardrails(guardrails));
  return found && { late: hoursInWords(found.late), missed: hoursInWords(found.missed) };
}

const night = { quietHours: { from: 20 * 60, to: 8 * 60, weekends: 'normal' as const } };

describe('the hours in which an event comes too late', () => {
  test('are none where there is no deadline, where it is long enough, and for cards', () => {
    expect(lost({})).toBeUndefined();
    expect(lost({ deadline: 13 * HOUR }, night)).toBeUndefined();
    expect(lost({ deadline: HOUR, channel: 'nudge' }, night)).toBeUndefined();
    expect(lost({ latest: HOUR }, night)).toBeUndefined();
  });

  test('are those from which quiet hours last longer than the deadline', () => {
    expect(lost({ deadline: 11 * HOUR }, night)).toEqual({
      late: [
        'Monday 20:00 to Monday 21:00',
        'Tuesday 20:00 to Tuesday 21:00',
        'Wednesday 20:00 to Wednesday 21:00',
        'Thursday 20:00 to Thursday 21:00',
        'Friday 20:00 to Friday 21:00',
        'Saturday 20:00 to Saturday 21:00',
        'Sunday 20:00 to Sunday 21:00',
      ].join(', '),
      missed: expect.any(String),
    });
    expect(lost({ deadline: 12 * HOUR }, night)).toBeUndefined();
  });

  test('come earlier by the delay', () => {
    expect(lost({ deadline: 12 * HOUR, delay: 13 * HOUR })?.late).toBe('at any hour');
    const delayed = lost({ deadline: 11 * HOUR, delay: 2 * HOUR }, night);
    expect(delayed?.late.split(', ')[0]).toBe('Monday 18:00 to Monday 21:00');
  });

  test('are missed only where latest ends too; without one, all that are late', () => {
    const weekend = { deadline: 24 * HOUR, send: 'business_hours' };
    expect(lost(weekend)).toEqual({
      late: 'Friday 17:00 to Sunday 09:00',
      missed: 'Friday 17:00 to Sunday 09:00',
    });
    expect(lost({ ...weekend, latest: 48 * HOUR })).toEqual({
      late: 'Friday 17:00 to Sunday 09:00',
      missed: 'Friday 17:00 to Saturday 09:00',
    });
    expect(lost({ ...weekend, latest: 3 * DAY })).toEqual({
      late: 'Friday 17:00 to Sunday 09:00',
      missed: '',
    });
  });

  test('are all where the window never opens', () => {
    const never = { windows: { never: { days: [6], from: 9 * 60, to: 10 * 60 } } };
    expect(lost({ deadline: DAY, send: 'never' }, never)?.late).toBe('at any hour');
  });

  test('over the turn of the week are one stretch', () => {
    const monday = { windows: { monday: { days: [1], from: 9 * 60, to: 17 * 60 } } };
    expect(lost({ deadline: DAY, send: 'monday' }, monday)?.late).toBe('Monday 17:00 to Sunday 09:00');
    const wednesday = { windows: { wednesday: { days: [3], from: 9 * 60, to: 17 * 60 } } };
    expect(lost({ deadline: DAY, send: 'wednesday' }, wednesday)?.late).toBe(
      'Wednesday 17:00 to Tuesday 09:00',
    );
  });
});

describe('ranges of hours', () => {
  test('in words', () => {
    expect(hoursInWords([])).toBe('');
    expect(hoursInWords([{ from: 0, to: 168 }])).toBe('at any hour');
    expect(hoursInWords([{ from: 0, to: 24 }])).toBe('Monday 00:00 to Tuesday 00:00');
    expect(hoursInWords([{ from: 144, to: 168 }])).toBe('Sunday 00:00 to Monday 00:00');
    expect(
      hoursInWords([
        { from: 1, to: 2 },
        { from: 150, to: 168 },
      ]),
    ).toBe('Monday 01:00 to Monday 02:00, Sunday 06:00 to Monday 00:00');
    expect(
      hoursInWords([
        { from: 0, to: 2 },
        { from: 100, to: 167 },
      ]),
    ).toBe('Monday 00:00 to Monday 02:00, Friday 04:00 to Sunday 23:00');
    expect(
      hoursInWords([
        { from: 0, to: 2 },
        { from: 30, to: 40 },
        { from: 150, to: 168 },
      ]),
    ).toBe('Tuesday 06:00 to Tuesday 16:00, Sunday 06:00 to Monday 02:00');
    expect(
      hoursInWords([
        { from: 0, to: 160 },
        { from: 164, to: 168 },
      ]),
    ).toBe('Sunday 20:00 to Sunday 16:00');
  });

  test('are counted together', () => {
    expect(hoursIn([])).toBe(0);
    expect(
      hoursIn([
        { from: 1, to: 3 },
        { from: 20, to: 21 },
      ]),
    ).toBe(3);
  });
});
