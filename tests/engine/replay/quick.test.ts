import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/engine/event.ts';
import type { Reported } from '../../../src/engine/replay/world.ts';
import { DAY } from '../../../src/engine/time.ts';
import { aCatalog, aTrigger, day } from '../../builders.ts';
import { someStory } from '../stories.ts';
import { anIdentify, aReport, type Played, playBatches, playEach, reported } from './histories.ts';

/** Everybody is in one account. When an account notices that its people were asked elsewhere is not laid down. */
const apart = (event: Event): Event =>
  event.personId === undefined ? event : { ...event, personId: `${event.personId} of ${event.accountId}` };

/** The people of a story, some with an address, some of them our own. */
const someAddresses = fc.array(
  fc.constantFrom(undefined, 'customer.example', 'customer.example', 'vendor.example'),
  { minLength: 6, maxLength: 6 },
);
const nameOf = (i: number) => `${['ada', 'ben', 'cleo'][i % 3]} of ${i < 3 ? 'acme' : 'globex'}`;
const identified = (addresses: readonly (string | undefined)[]): Reported[] =>
  addresses.flatMap((domain, i) => {
    const id = nameOf(i);
    return domain === undefined
      ? []
      : [
          anIdentify(
            id,
            { email: `person-${i}@${domain}` },
            { occurredAt: day(-9), receivedAt: day(-9), id: `test:00-${i}` },
          ),
        ];
  });

/** Some get an address, or another, or say again which they have, in the middle of it all. */
type Move = { readonly who: number; readonly domain: string; readonly at: number; readonly isSame: boolean };
const someMoves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    who: fc.integer({ min: 0, max: 5 }),
    domain: fc.constantFrom('customer.example', 'vendor.example'),
    at: fc.integer({ min: 0, max: 28 }),
    isSame: fc.boolean(),
  }),
  { maxLength: 4 },
);
const moved = (moves: readonly Move[]): Reported[] =>
  moves.map(({ who, domain, at, isSame }, i) => {
    const occurredAt = day(at / 4);
    const traits = { email: `person-${who}${isSame ? '' : `-${i}`}@${domain}` };
    return anIdentify(nameOf(who), traits, { occurredAt, receivedAt: occurredAt, id: `test:move-${i}` });
  });

const said = ({ asks, holds, nearMisses }: Played) => ({
  asks,
  holds,
  nearMisses: nearMisses.map(({ trigger, accountId }) => `${trigger} ${accountId}`).sort(),
});

test('glancing at an event leads to the same asks and holds as looking at its whole account', () => {
  fc.assert(
    fc.property(someStory, someAddresses, someMoves, ({ catalog, events }, addresses, moves) => {
      const history = [...identified(addresses), ...moved(moves), ...events.map(apart).map(reported)];
      const quick = playEach(catalog, history, {}, day(8));
      const careful = playEach(catalog, history, { isCareful: true }, day(8));
      expect(said(quick)).toEqual(said(careful));
    }),
    { numRuns: 1500 },
  );
});

test('so it does when events come in batches, some of them late, after a history', () => {
  const arrivals = fc.tuple(
    someStory,
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 25, maxLength: 25 }),
    fc.integer({ min: 0, max: 10 }),
  );
  fc.assert(
    fc.property(
      arrivals,
      someAddresses,
      someMoves,
      ([{ catalog, events }, late, history], addresses, moves) => {
        const received = events.map((event, i) => {
          const occurredAt = i < history ? event.occurredAt - 5 * DAY : event.occurredAt;
          const receivedAt = i < history ? occurredAt : occurredAt + ((late[i] ?? 0) * DAY) / 4;
          return { ...reported(apart(event)), occurredAt, receivedAt, imported: i < history };
        });
        const batches = new Map<number, Reported[]>();
        for (const event of [...received, ...moved(moves)].sort((a, b) => a.receivedAt - b.receivedAt))
          batches.set(event.receivedAt, [...(batches.get(event.receivedAt) ?? []), event]);
        const all = [identified(addresses), ...batches.values()].filter(({ length }) => length > 0);
        const quick = playBatches(catalog, all, {}, day(8));
        const careful = playBatches(catalog, all, { isCareful: true }, day(8));
        expect(said(quick)).toEqual(said(careful));
      },
    ),
    { numRuns: 1500 },
  );
});

test.each([
  ['of the account that it names', {}],
  ['of the one they were in', { nowhere: true as const }],
])('so it does when the only person left, by word %s, came back and did what nobody looks at', (_, where) => {
  const catalog = aCatalog({ triggers: [aTrigger({ on: [], who: 'champion' })] });
  const history = [
    anIdentify('ada', {}, { id: 'test:00', ownAccountId: 'acme', imported: true }),
    aReport({ id: 'test:1', name: 'Account Removed User', occurredAt: day(1), ...where }),
    aReport({ id: 'test:2', name: 'Report Opened', occurredAt: day(2) }),
  ];
  for (const isCareful of [false, true]) {
    expect(playEach(catalog, history.slice(0, 2), { isCareful }).asks).toEqual([]);
    expect(playEach(catalog, history, { isCareful }).asks).toMatchObject([{ personId: 'ada', at: day(2) }]);
  }
});
