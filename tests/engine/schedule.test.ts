import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockSegment, localTime, zoneOf } from '../../src/engine/calendar.ts';
import type { QuietHours, Window } from '../../src/engine/catalog.ts';
import { schedule } from '../../src/engine/schedule.ts';
import { DAY, HOUR, MINUTE } from '../../src/engine/time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'America/Havana',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Apia',
] as const;

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const WORKDAYS = [1, 2, 3, 4, 5];
const utc = (text: string) => Date.parse(`${text}Z`);
const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const night: QuietHours = { from: minutes('20:00'), to: minutes('08:00'), weekends: 'quiet' };
const officeHours: Window = { days: WORKDAYS, from: minutes('09:00'), to: minutes('17:00') };
const at = (
  zone: string,
  notBefore: number,
  more: { window?: Window; quietHours?: QuietHours; latest?: number } = {},
) => schedule({ notBefore, zone, blackouts: [], ...more });

/** What Intl itself says, without our cache: the second opinion. */
function wallClock(zone: string, instant: number): { weekday: number; minute: number; date: string } {
  const parts = Object.fromEntries(
    formatter(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return {
    weekday: days.indexOf(parts.weekday ?? ''),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
    date: `${parts.year}-${parts.month}-${parts.day}`,
  };
}
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(zone: string): Intl.DateTimeFormat {
  const known =
    formatters.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  formatters.set(zone, known);
  return known;
}

/** Every change of a zone's clock in some years, found to the minute by the second opinion. */
function changesOf(zone: string): number[] {
  const offset = (instant: number) => {
    const { minute } = wallClock(zone, instant);
    return (((minute - (instant % DAY) / MINUTE) % 1440) + 1440) % 1440;
  };
  const startsOf = (length: number, from: number, to: number) =>
    Array.from({ length: (to - from) / length }, (_, n) => from + n * length);
  const changed = (length: number) => (from: number) => offset(from) !== offset(from + length);
  return startsOf(DAY, utc('2024-01-01T00:00'), utc('2026-01-01T00:00'))
    .filter(changed(DAY))
    .flatMap((day) => startsOf(HOUR, day, day + DAY).filter(changed(HOUR)))
    .flatMap((hour) => startsOf(MINUTE, hour, hour + HOUR).filter(changed(MINUTE)))
    .map((minute) => minute + MINUTE);
}

describe('the calendar', () => {
  test.each(ZONES)('finds each change of the clock in %s where Intl does', (zone) => {
    const found: number[] = [];
    for (let t = utc('2024-01-01T00:00'); t < utc('2026-01-01T00:00'); ) {
      const { offset, until } = clockSegment(zone, t);
      if (clockSegment(zone, until).offset !== offset) found.push(until);
      t = until;
    }
    expect(found).toEqual(changesOf(zone));
  });

  test.each(ZONES)('shows what the clock in %s shows, at any minute', (zone) => {
    fc.assert(
      fc.property(fc.integer({ min: utc('2023-01-01T00:00'), max: utc('2027-01-01T00:00') }), (instant) => {
        const { weekday, minute } = wallClock(zone, instant);
        const shown = localTime(zone, instant);
        expect({ weekday: shown.weekday, minute: Math.floor(shown.minute) }).toEqual({ weekday, minute });
      }),
    );
  });

  test('the first candidate that is a time zone counts, and UTC when none is', () => {
    expect(zoneOf('Mars/Olympus', undefined, 7, 'Europe/Paris', 'Asia/Tokyo')).toBe('Europe/Paris');
    expect(zoneOf('', 'nowhere', null)).toBe('UTC');
  });
});

describe('quiet hours', () => {
  const evening = utc('2026-03-03T20:00'); // a Tuesday
  test('start at their first minute and end at their last, to the millisecond', () => {
    expect(at('UTC', evening - 1, { quietHours: night })).toBe(evening - 1);
    expect(at('UTC', evening, { quietHours: night })).toBe(evening + 12 * HOUR);
    expect(at('UTC', evening + 12 * HOUR - 1, { quietHours: night })).toBe(evening + 12 * HOUR);
    expect(at('UTC', evening + 12 * HOUR, { quietHours: night })).toBe(evening + 12 * HOUR);
  });

  test('from = to means none, but weekends may still be quiet', () => {
    const none: QuietHours = { from: 0, to: 0, weekends: 'normal' };
    const saturday = utc('2026-03-07T03:00');
    expect(at('UTC', saturday, { quietHours: none })).toBe(saturday);
    expect(at('UTC', saturday, { quietHours: { ...none, weekends: 'quiet' } })).toBe(utc('2026-03-09T00:00'));
  });

  test('a Friday evening waits for Monday morning when weekends are quiet', () => {
    expect(at('UTC', utc('2026-03-06T21:00'), { quietHours: night })).toBe(utc('2026-03-09T08:00'));
  });

  test('may be at noon', () => {
    const noon: QuietHours = { from: minutes('12:00'), to: minutes('13:00'), weekends: 'normal' };
    const quietAt = (clock: string) => at('UTC', utc(`2026-03-03T${clock}`), { quietHours: noon });
    for (const clock of ['00:00', '11:59', '13:00', '23:59'])
      expect(quietAt(clock)).toBe(utc(`2026-03-03T${clock}`));
    for (const clock of ['12:00', '12:59']) expect(quietAt(clock)).toBe(utc('2026-03-03T13:00'));
  });

  test('are those of the zone', () => {
    // 23:00 UTC is 08:00 in Tokyo.
    expect(at('Asia/Tokyo', utc('2026-03-03T12:00'), { quietHours: night })).toBe(utc('2026-03-03T23:00'));
  });

  test('an unknown zone is reckoned as UTC', () => {
    expect(at('Mars/Olympus', evening, { quietHours: night })).toBe(evening + 12 * HOUR);
  });

  test('around the clock leave no slot', () => {
    expect(at('UTC', evening, { quietHours: { from: 0, to: 1440, weekends: 'normal' } })).toBeUndefined();
  });
});

describe('windows', () => {
  test('across midnight count to the day on which they start', () => {
    const fridayNight: Window = { days: [5], from: minutes('22:00'), to: minutes('02:00') };
    expect(at('UTC', utc('2026-03-07T01:59'), { window: fridayNight })).toBe(utc('2026-03-07T01:59'));
    expect(at('UTC', utc('2026-03-07T02:00'), { window: fridayNight })).toBe(utc('2026-03-13T22:00'));
    expect(at('UTC', utc('2026-03-07T22:30'), { window: fridayNight })).toBe(utc('2026-03-13T22:00'));
  });

  test('from an hour to the same hour last a whole day from then', () => {
    const fromFriday: Window = { days: [5], from: minutes('22:00'), to: minutes('22:00') };
    expect(at('UTC', utc('2026-03-06T21:59'), { window: fromFriday })).toBe(utc('2026-03-06T22:00'));
    expect(at('UTC', utc('2026-03-07T21:59'), { window: fromFriday })).toBe(utc('2026-03-07T21:59'));
    expect(at('UTC', utc('2026-03-07T22:00'), { window: fromFriday })).toBe(utc('2026-03-13T22:00'));
  });

  test('and quiet hours must both agree', () => {
    const early: Window = { days: EVERY_DAY, from: minutes('07:00'), to: minutes('09:00') };
    expect(at('UTC', utc('2026-03-03T03:00'), { window: early, quietHours: night })).toBe(
      utc('2026-03-03T08:00'),
    );
    expect(
      at('UTC', utc('2026-03-03T03:00'), { window: { ...early, to: minutes('08:00') }, quietHours: night }),
    ).toBeUndefined();
  });

  test('the deadline itself is still in time, a millisecond before the slot is not', () => {
    const slot = utc('2026-03-04T09:00');
    expect(at('UTC', utc('2026-03-03T18:00'), { window: officeHours, latest: slot })).toBe(slot);
    expect(at('UTC', utc('2026-03-03T18:00'), { window: officeHours, latest: slot - 1 })).toBeUndefined();
  });

  test('a deadline that falls in quiet hours has no slot', () => {
    expect(
      at('UTC', utc('2026-03-03T20:30'), { quietHours: night, latest: utc('2026-03-04T07:00') }),
    ).toBeUndefined();
  });

  test('blackouts are left out, also when they touch or follow each other', () => {
    const blackouts = [
      { from: utc('2026-03-04T00:00'), to: utc('2026-03-05T00:00') },
      { from: utc('2026-03-05T00:00'), to: utc('2026-03-05T10:00') },
    ];
    const found = schedule({
      notBefore: utc('2026-03-04T12:00'),
      zone: 'UTC',
      blackouts,
      window: officeHours,
    });
    expect(found).toBe(utc('2026-03-05T10:00'));
  });

  test('a long blackout is waited out, one past 400 days is not', () => {
    const notBefore = utc('2026-03-04T12:00');
    const blackout = (days: number) => [{ from: notBefore, to: notBefore + days * DAY }];
    expect(schedule({ notBefore, zone: 'UTC', blackouts: blackout(300) })).toBe(notBefore + 300 * DAY);
    expect(schedule({ notBefore, zone: 'UTC', blackouts: blackout(401) })).toBeUndefined();
  });
});

describe('changes of the clock', () => {
  const slots = ['00:00', '01:30', '02:30', '03:00'];
  const cases = ZONES.flatMap((zone) => changesOf(zone).map((change) => ({ zone, change })));

  test.each(cases)('each daily slot comes once around $change in $zone', ({ zone, change }) => {
    for (const slot of slots) {
      for (const length of [15, 60]) {
        const window: Window = { days: EVERY_DAY, from: minutes(slot), to: (minutes(slot) + length) % 1440 };
        const fires = firesOf(zone, window, change - 3.5 * DAY, change + 3.5 * DAY);
        const dates = fires.map((fire) => wallClock(zone, fire).date);
        expect(new Set(dates).size, `${slot} twice on a day: ${dates}`).toBe(dates.length);
        expect(fires.length, `${slot}: ${dates}`).toBeGreaterThanOrEqual(6);
        for (const fire of fires) expectFirstValidMinute(zone, minutes(slot), fire);
      }
    }
  });

  test('a slot that the clock skips comes at the next minute there is', () => {
    const window: Window = { days: EVERY_DAY, from: minutes('02:30'), to: minutes('02:45') };
    expect(at('Europe/Berlin', utc('2026-03-28T12:00'), { window })).toBe(utc('2026-03-29T01:00'));
    expect(at('Europe/Berlin', utc('2026-03-29T01:01'), { window })).toBe(utc('2026-03-30T00:30'));
    // Of this zone the clock is put forward by half an hour, and last in its year.
    const quarter: Window = { days: EVERY_DAY, from: minutes('02:15'), to: minutes('02:20') };
    expect(at('Australia/Lord_Howe', utc('2026-10-03T12:00'), { window: quarter })).toBe(
      utc('2026-10-03T15:30'),
    );
  });

  test('a slot that the clock passes twice comes at the first pass', () => {
    const window: Window = { days: EVERY_DAY, from: minutes('02:30'), to: minutes('02:45') };
    expect(at('Europe/Berlin', utc('2026-10-24T12:00'), { window })).toBe(utc('2026-10-25T00:30'));
  });

  test('a midnight that is skipped in Havana comes at one o’clock', () => {
    const window: Window = { days: [0], from: 0, to: 30 };
    expect(at('America/Havana', utc('2026-03-07T12:00'), { window })).toBe(utc('2026-03-08T05:00'));
  });

  test('a last hour that is skipped in Nuuk comes at midnight, for the day that lost it', () => {
    const lateOn = (...days: number[]): Window => ({ days, from: minutes('23:15'), to: minutes('23:45') });
    const saturday = utc('2026-03-28T12:00');
    expect(at('America/Nuuk', saturday, { window: lateOn(6) })).toBe(utc('2026-03-29T01:00'));
    // The Sunday keeps its last hour, which is the first of the Monday in UTC.
    expect(at('America/Nuuk', saturday, { window: lateOn(0) })).toBe(utc('2026-03-30T00:15'));
  });

  test('only what starts within the skipped time is made up for', () => {
    const berlin = (from: string, to: string) =>
      at('Europe/Berlin', utc('2026-03-29T00:59'), {
        window: { days: EVERY_DAY, from: minutes(from), to: minutes(to) },
      });
    expect(berlin('02:00', '02:01')).toBe(utc('2026-03-29T01:00'));
    expect(berlin('02:59', '03:00')).toBe(utc('2026-03-29T01:00'));
    // What had started before goes on or is over, what starts after needs nothing to stand for it.
    expect(berlin('01:30', '01:45')).toBe(utc('2026-03-29T23:30'));
    expect(berlin('03:30', '03:45')).toBe(utc('2026-03-29T01:30'));
  });

  test('the minute that stands for a skipped start is a whole minute, and no more', () => {
    const window: Window = { days: EVERY_DAY, from: minutes('02:30'), to: minutes('02:45') };
    const change = utc('2026-03-29T01:00');
    for (const inTime of [change, change + 1, change + MINUTE - 1])
      expect(at('Europe/Berlin', inTime, { window })).toBe(inTime);
    expect(at('Europe/Berlin', change + MINUTE, { window })).toBe(utc('2026-03-30T00:30'));
    const atItsEnd = (from: string, to: string) =>
      at('Europe/Berlin', change + MINUTE - 1, {
        window: { days: EVERY_DAY, from: minutes(from), to: minutes(to) },
      });
    expect(atItsEnd('02:00', '02:01')).toBe(change + MINUTE - 1);
    expect(atItsEnd('03:01', '03:05')).toBe(change + MINUTE);
  });

  test('the three hours that Casey skipped are made up for', () => {
    const window: Window = { days: EVERY_DAY, from: minutes('01:00'), to: minutes('01:30') };
    expect(at('Antarctica/Casey', utc('2020-10-03T12:00'), { window })).toBe(utc('2020-10-03T16:01'));
  });

  test('a skipped start on another day of the week is none', () => {
    const monday: Window = { days: [1], from: minutes('02:30'), to: minutes('02:45') };
    expect(at('Europe/Berlin', utc('2026-03-28T12:00'), { window: monday })).toBe(utc('2026-03-30T00:30'));
  });

  test('a day that a zone leaves out has no slots to be made up for', () => {
    // Apia went from Thursday 29 to Saturday 31 December 2011.
    const friday: Window = { days: [5], from: minutes('12:00'), to: minutes('13:00') };
    expect(at('Pacific/Apia', utc('2011-12-30T00:00'), { window: friday })).toBe(utc('2012-01-05T22:00'));
  });

  /** When a daily message through `window` would go out: each time at the first chance after the day's window. */
  function firesOf(zone: string, window: Window, from: number, to: number): number[] {
    const fires: number[] = [];
    for (let next = at(zone, from, { window }); next !== undefined && next < to; ) {
      fires.push(next);
      next = at(zone, next + 12 * HOUR, { window });
    }
    return fires;
  }

  function expectFirstValidMinute(zone: string, slot: number, fire: number): void {
    const { minute } = wallClock(zone, fire);
    if (minute === slot) return;
    // Not at the slot itself: then the clock must have jumped over it in this very minute.
    const before = wallClock(zone, fire - MINUTE);
    expect(minute).toBeGreaterThan(slot);
    expect((before.minute + 1) % 1440).toBeLessThanOrEqual(slot);
  }
});

describe('laws', () => {
  const someMinute = fc.integer({ min: 0, max: 24 }).map((half) => half * 60);
  const someQuiet = fc.record({
    from: someMinute,
    to: someMinute,
    weekends: fc.constantFrom('quiet' as const, 'normal' as const),
  });
  const someWindow = fc.record({
    days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
    from: someMinute,
    to: someMinute,
  });
  const start = utc('2026-03-25T00:00');
  const request = fc.record(
    {
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana'),
      notBefore: fc.integer({ min: 0, max: 14 * 24 * 4 }).map((quarter) => start + quarter * 15 * MINUTE),
      quietHours: someQuiet,
      window: someWindow,
    },
    { requiredKeys: ['zone', 'notBefore'] },
  );

  test('what is found is open, and nothing before it is, as a walk minute by minute sees it', () => {
    fc.assert(
      fc.property(request, (given) => {
        const found = schedule({ ...given, blackouts: [] });
        const isOpen = (t: number) => schedule({ ...given, blackouts: [], notBefore: t, latest: t }) === t;
        const end = Math.min(found ?? Number.POSITIVE_INFINITY, given.notBefore + 8 * DAY);
        for (let t = given.notBefore; t < end; t += 15 * MINUTE) expect(isOpen(t)).toBe(false);
        if (found !== undefined) expect(isOpen(found)).toBe(true);
      }),
    );
  });

  test('agrees with the clock that Intl shows, but for the minute that stands for a skipped start', () => {
    fc.assert(
      fc.property(request, ({ zone, notBefore, quietHours, window }) => {
        const open = schedule({
          zone,
          notBefore,
          blackouts: [],
          latest: notBefore,
          ...(quietHours && { quietHours }),
          ...(window && { window }),
        });
        const { weekday, minute } = wallClock(zone, notBefore);
        const loud =
          !quietHours ||
          !(naivelyIn(quietHours, minute) || (quietHours.weekends === 'quiet' && [0, 6].includes(weekday)));
        const day = window && window.from >= window.to && minute < window.from ? (weekday + 6) % 7 : weekday;
        const inside =
          !window || (window.days.includes(day) && (window.from === window.to || naivelyIn(window, minute)));
        if (clockSegment(zone, notBefore).from === notBefore) return;
        expect(open !== undefined).toBe(loud && inside);
      }),
      { numRuns: 500 },
    );
  });

  function naivelyIn({ from, to }: { from: number; to: number }, minute: number): boolean {
    if (from === to) return false;
    return from < to ? from <= minute && minute < to : minute >= from || minute < to;
  }
});
