import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AskRecord, AskStatus } from '../../src/engine/account.ts';
import {
  askableAgainAt,
  countsUntil,
  declinedAt,
  deliveredAt,
  isPending,
  standing,
  standingOfPeople,
} from '../../src/engine/ledger.ts';
import { DAY } from '../../src/engine/time.ts';
import { anAsk, day } from '../builders.ts';

const WEEK = 7 * DAY;
const planned = (overrides: Partial<AskRecord>) => {
  const { deliveredAt: _, ...ask } = anAsk(overrides);
  return ask;
};

describe('a place in a window', () => {
  test('is taken from delivery on, for exactly as long as the window is', () => {
    const ask = anAsk({ decidedAt: day(-1), deliveredAt: day(0) });
    expect(countsUntil(ask, WEEK, day(7) - 1)).toBe(day(7));
    expect(countsUntil(ask, WEEK, day(7))).toBeUndefined();
  });

  test.each<[AskStatus, AskRecord['channel'], boolean]>([
    ['scheduled', 'email', true],
    ['scheduled', 'draft', true],
    ['sending', 'email', true],
    ['open', 'draft', true],
    ['open', 'nudge', false],
    ['scheduled', 'nudge', false],
    ['unknown', 'email', true],
    ['withdrawn', 'email', false],
    ['expired', 'draft', false],
    ['failed', 'email', false],
    ['held_out', 'email', false],
    ['shadow', 'email', false],
  ])('that was %s as %s and never reached anyone: taken is %s', (status, channel, takes) => {
    expect(countsUntil(planned({ status, channel }), WEEK, day(1)) !== undefined).toBe(takes);
  });

  test('stays taken by an impression, whatever became of the card', () => {
    for (const status of ['withdrawn', 'expired', 'accepted', 'declined'] as const) {
      expect(countsUntil(anAsk({ status, channel: 'nudge', deliveredAt: day(0) }), WEEK, day(5))).toBe(
        day(7),
      );
    }
  });

  test('is held by an open draft until it runs out', () => {
    const draft = planned({ status: 'open', channel: 'draft', expiresAt: day(14) });
    expect(countsUntil(draft, WEEK, day(13))).toBe(day(14));
    expect(countsUntil(draft, WEEK, day(14))).toBeUndefined();
  });

  test('is taken by an ignored card for three days only, noted or not; by an ignored email in full', () => {
    const card = anAsk({ channel: 'nudge', deliveredAt: day(0), expiresAt: day(4) });
    expect(countsUntil({ ...card, status: 'ignored' }, WEEK, day(1))).toBe(day(3));
    expect(countsUntil(card, WEEK, day(1))).toBe(day(4));
    expect(countsUntil(anAsk({ status: 'ignored', deliveredAt: day(0) }), WEEK, day(1))).toBe(day(7));
  });
});

describe('what became of an ask', () => {
  test('it was delivered when it was, else when it was settled, declined or due', () => {
    const { deliveredAt: _, ...ask } = anAsk({ status: 'accepted', dueAt: day(1) });
    expect(deliveredAt({ ...ask, deliveredAt: day(4), settledAt: day(3), declinedAt: day(2) })).toBe(day(4));
    expect(deliveredAt({ ...ask, settledAt: day(3), declinedAt: day(2) })).toBe(day(3));
    expect(deliveredAt({ ...ask, declinedAt: day(2) })).toBe(day(2));
    expect(deliveredAt(ask)).toBe(day(1));
    for (const status of ['held_out', 'shadow'] as const)
      expect(deliveredAt({ ...ask, status, deliveredAt: day(4) })).toBeUndefined();
    for (const status of ['scheduled', 'open', 'sending', 'withdrawn', 'expired', 'failed'] as const) {
      expect(deliveredAt({ ...ask, status })).toBeUndefined();
      expect(deliveredAt({ ...ask, status, deliveredAt: day(4) })).toBe(day(4));
    }
  });

  test('it was declined when that was noted, else when it was settled or delivered as declined', () => {
    const ask = anAsk({ deliveredAt: day(0), settledAt: day(1) });
    expect(declinedAt(ask)).toBeUndefined();
    expect(declinedAt({ ...ask, declinedAt: day(2) })).toBe(day(2));
    expect(declinedAt({ ...ask, status: 'declined' })).toBe(day(1));
    const { settledAt: _, ...unsettled } = ask;
    expect(declinedAt({ ...unsettled, status: 'declined' })).toBe(day(0));
  });

  test('it is pending until something final happens', () => {
    const statuses = ['scheduled', 'open', 'sending', 'delivered', 'withdrawn', 'shadow'] as const;
    expect(statuses.filter((status) => isPending(anAsk({ status })))).toEqual([
      'scheduled',
      'open',
      'sending',
    ]);
  });

  test('while it is being sent nobody knows when its place is free', () => {
    const sending = planned({ status: 'sending', expiresAt: day(2) });
    expect(countsUntil(sending, WEEK, day(1))).toBe(Number.POSITIVE_INFINITY);
    expect(standing([sending], { count: 1, within: WEEK }, day(1))).toEqual({ taken: 1, full: true });
  });

  test('only the comparison group, and for a shadow trigger its own asks, count from their decision', () => {
    const shadow = planned({ status: 'shadow', decidedAt: day(0) });
    expect(askableAgainAt(shadow, DAY, true, day(0))).toBe(day(1));
    expect(askableAgainAt(shadow, DAY, false, day(0))).toBeUndefined();
    expect(askableAgainAt({ ...shadow, status: 'held_out' }, DAY, false, day(0))).toBe(day(1));
    const withdrawn = planned({ status: 'withdrawn', decidedAt: day(0) });
    expect(askableAgainAt(withdrawn, DAY, true, day(0))).toBeUndefined();
  });

  test('an accepted card counts in full, one that nobody reacted to as long as it was there', () => {
    const card = anAsk({ channel: 'nudge', deliveredAt: day(0), expiresAt: day(4) });
    expect(countsUntil({ ...card, status: 'accepted' }, WEEK, day(1))).toBe(day(7));
    expect(countsUntil(card, 2 * DAY, day(1))).toBe(day(2));
    expect(countsUntil({ ...card, expiresAt: day(1) }, WEEK, day(1))).toBe(day(3));
  });

  test('people are counted as often as they are different, each as long as the last of their asks', () => {
    const rate = { count: 2, within: WEEK };
    const asks = [
      anAsk({ personId: 'ada', deliveredAt: day(2) }),
      anAsk({ personId: 'ada', deliveredAt: day(0) }),
      anAsk({ personId: 'ben', deliveredAt: day(1) }),
    ];
    expect(standingOfPeople(asks, rate, 'cleo', day(3))).toEqual({ taken: 2, full: true, freeAt: day(8) });
    expect(standingOfPeople(asks, rate, undefined, day(3))).toMatchObject({ full: true });
    expect(standingOfPeople(asks, rate, 'ben', day(3))).toEqual({ taken: 2, full: false });
    expect(standingOfPeople(asks, rate, 'cleo', day(8))).toEqual({ taken: 1, full: false });
  });
});

describe('a rate', () => {
  const rate = { count: 2, within: WEEK };
  test('is full at its count, and free again when enough have left the window', () => {
    const asks = [
      anAsk({ deliveredAt: day(0) }),
      anAsk({ deliveredAt: day(1) }),
      anAsk({ deliveredAt: day(2) }),
    ];
    expect(standing(asks.slice(0, 1), rate, day(3))).toEqual({ taken: 1, full: false });
    expect(standing(asks, rate, day(3))).toEqual({ taken: 3, full: true, freeAt: day(8) });
    expect(standing(asks, rate, day(8)).full).toBe(false);
  });

  test('full of asks on their way is not freed by time', () => {
    const asks = [planned({ status: 'sending' }), planned({ status: 'scheduled' })];
    expect(standing(asks, rate, day(3))).toEqual({ taken: 2, full: true });
  });

  test('of people counts each once, and one already asked takes no further place', () => {
    const asks = [
      anAsk({ personId: 'ada', deliveredAt: day(0) }),
      anAsk({ personId: 'ada', deliveredAt: day(3) }),
      anAsk({ personId: 'ben', deliveredAt: day(1) }),
    ];
    expect(standingOfPeople(asks, rate, 'ada', day(4)).full).toBe(false);
    expect(standingOfPeople(asks, rate, 'cleo', day(4))).toEqual({ taken: 2, full: true, freeAt: day(8) });
  });

  test('is free again exactly when it says, whatever the asks', () => {
    const someAsk = fc
      .record({
        at: fc.integer({ min: 0, max: 12 }),
        channel: fc.constantFrom('nudge', 'email'),
        status: fc.constantFrom('delivered', 'ignored'),
      })
      .map(({ at, ...ask }) => anAsk({ ...ask, deliveredAt: day(at) }));
    fc.assert(
      fc.property(fc.array(someAsk, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), (asks, count) => {
        const found = standing(asks, { count, within: WEEK }, day(12));
        if (!found.full) return;
        expect(found.freeAt).toBeDefined();
        expect(standing(asks, { count, within: WEEK }, (found.freeAt ?? 0) - 1).full).toBe(true);
        expect(standing(asks, { count, within: WEEK }, found.freeAt ?? 0).full).toBe(false);
      }),
    );
  });
});

describe('again', () => {
  test('runs from delivery, and never ends for "never"', () => {
    const ask = anAsk({ deliveredAt: day(0) });
    expect(askableAgainAt(ask, WEEK, false, day(1))).toBe(day(7));
    expect(askableAgainAt(ask, WEEK, false, day(7))).toBeUndefined();
    expect(askableAgainAt(ask, 'never', false, day(5000))).toBe(Number.POSITIVE_INFINITY);
  });

  test('waits for an ask on its way, cards too', () => {
    const card = planned({ status: 'open', channel: 'nudge', expiresAt: day(3) });
    expect(askableAgainAt(card, 0, false, day(1))).toBe(day(3));
    expect(askableAgainAt(card, 'never', false, day(3))).toBeUndefined();
  });

  test('runs from the decision for the comparison group, and for a shadow of its own', () => {
    expect(askableAgainAt(planned({ status: 'held_out' }), WEEK, false, day(1))).toBe(day(7));
    expect(askableAgainAt(planned({ status: 'shadow' }), WEEK, true, day(1))).toBe(day(7));
    expect(askableAgainAt(planned({ status: 'shadow' }), WEEK, false, day(1))).toBeUndefined();
  });
});
