import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonRow } from '../../src/db/people.ts';
import type { ReportedEvent } from '../../src/sources/reported.ts';
import { dealOut } from '../../src/use-cases/deal-out.ts';

const LANES = 8;
const nobody = { get: () => undefined };

const event = (id: string, more: Partial<ReportedEvent>): ReportedEvent => ({
  id,
  source: 'segment',
  name: 'Report Shared',
  occurredAt: 1_000,
  receivedAt: 1_000,
  properties: {},
  imported: false,
  trust: 'server',
  flags: [],
  ...more,
});

const intake = (events: readonly ReportedEvent[]) => ({
  events,
  rejections: [{ source: 'segment', reason: 'no userId', excerpt: '{}' }],
});

/** In which lane each event is. */
const lanesOf = (parts: ReturnType<typeof dealOut>) =>
  new Map(parts.flatMap(({ events, lane }) => events.map((one) => [one, lane] as const)));

describe('dealing events out to lanes', () => {
  test('every event and rejection goes to one lane, in order, and those of one account to the same', () => {
    const one = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      userId: fc.constantFrom('ada', 'bo', undefined),
      ownAccountId: fc.constantFrom('acme', 'globex', undefined),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (given) => {
        const events = given.map(({ id, userId, ownAccountId }) =>
          event(id, { ...(userId && { userId }), ...(ownAccountId && { ownAccountId }) }),
        );
        const parts = dealOut(nobody, intake(events), LANES);
        const laneOf = lanesOf(parts);
        for (const part of parts)
          expect(part.events).toEqual(events.filter((each) => laneOf.get(each) === part.lane));
        expect(parts.flatMap(({ rejections }) => rejections)).toHaveLength(1);
        expect(laneOf.size).toBe(events.length);
        const firstOf = (same: (other: ReportedEvent) => boolean) =>
          laneOf.get(events.find(same) ?? event('', {}));
        for (const each of events) expect(laneOf.get(each)).toBe(firstOf(({ id }) => id === each.id));
      }),
    );
  });

  test("a person's events without a group go where the person belongs, as far as that is known", () => {
    const acme = event('1', { userId: 'cy', ownAccountId: 'acme' });
    const known: PersonRow = {
      id: 'ada',
      version: { xmin: '1', ctid: '(0,1)' },
      size: 10,
      pending: false,
      traits: {},
      bindings: [{ at: 0, active: ['acme'] }],
    };
    const byRow = event('2', { userId: 'ada' });
    const byRequest = event('3', { userId: 'cy' });
    const unknown = ['bo', 'di', 'ed', 'flo'].map((userId) => event(userId, { userId }));
    const atHand = { get: (id: string) => (id === 'ada' ? known : undefined) };
    const laneOf = lanesOf(dealOut(atHand, intake([byRow, byRequest, acme, ...unknown]), LANES));
    expect(laneOf.get(byRow)).toBe(laneOf.get(acme));
    expect(laneOf.get(byRequest)).toBe(laneOf.get(acme));
    expect(new Set(unknown.map((one) => laneOf.get(one))).size).toBeGreaterThan(1);
  });

  test('accounts with neighbouring names are spread evenly', () => {
    const events = Array.from({ length: 8_000 }, (_, n) => event(`${n}`, { ownAccountId: `account-${n}` }));
    const sizes = dealOut(nobody, intake(events), LANES).map((part) => part.events.length);
    expect(sizes).toHaveLength(LANES);
    for (const size of sizes) expect(Math.abs(size - 1_000)).toBeLessThan(200);
  });

  test('a request with an event that has no id of its own stays together, since sent again it would be new', () => {
    const events = Array.from({ length: 50 }, (_, n) => event(`${n}`, { ownAccountId: `account-${n}` }));
    const bare = event('made here', { ownAccountId: 'acme', flags: ['no_message_id'] });
    expect(dealOut(nobody, intake(events), LANES).length).toBeGreaterThan(1);
    const parts = dealOut(nobody, intake([...events, bare]), LANES);
    expect(parts).toEqual([{ ...intake([...events, bare]), lane: expect.any(Number) }]);
  });

  test('with one lane, or nothing but rejections, nothing is taken apart', () => {
    const events = [event('1', { ownAccountId: 'acme' }), event('2', { ownAccountId: 'globex' })];
    expect(dealOut(nobody, intake(events), 1)).toEqual([{ ...intake(events), lane: 0 }]);
    expect(dealOut(nobody, intake([]), LANES)).toEqual([{ ...intake([]), lane: 0 }]);
  });
});
