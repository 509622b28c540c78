import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { foldSeen } from '../../src/engine/people.ts';
import { DAY } from '../../src/engine/time.ts';
import { START } from '../builders.ts';
import { forEachDatabase } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { accountEvent, group, identify, scored, track, trackAnonymous } from '../messages.ts';

// A few of everything, close enough together to get in each other's way.
const user = fc.constantFrom('ada', 'ben');
const visitor = fc.constantFrom('visitor-1', 'visitor-2');
const account = fc.constantFrom('acme', 'birch');
const at = fc.integer({ min: -4, max: 0 }).map((days) => START + days * DAY);
const address = fc.constantFrom('ada@customer.example', 'ben@customer.example', 'cora@customer.example');

const message = fc.oneof(
  fc.tuple(user, at).map(([who, when]) => track(who, 'Workflow Completed', { at: when })),
  // What no signal and no trigger looks at.
  fc.tuple(user, at).map(([who, when]) => track(who, 'Settings Opened', { at: when })),
  fc.tuple(visitor, at).map(([who, when]) => trackAnonymous(who, 'Workflow Completed', { at: when })),
  fc
    .tuple(user, account, at)
    .map(([who, where, when]) => group(who, where, { seats: when / DAY }, { at: when })),
  fc
    .tuple(user, account, at)
    .map(([who, where, when]) => track(who, 'Account Removed User', { at: when, account: where })),
  fc.tuple(user, visitor, at).map(([who, as, when]) => identify(who, {}, { at: when, anonymousId: as })),
  fc.tuple(user, address, at).map(([who, email, when]) => identify(who, { email }, { at: when })),
  fc
    .tuple(user, fc.integer({ min: 8, max: 10 }), at)
    .map(([who, score, when]) => scored(who, score, { at: when })),
  fc.tuple(address, at).map(([email, when]) => {
    const { userId: _, ...anonymous } = scored('', 9, { at: when, properties: { response_id: 'r1' } });
    return { ...anonymous, context: { traits: { email } } };
  }),
  fc
    .tuple(account, at)
    .map(([where, when]) =>
      accountEvent(where, 'Ticket Opened', { at: when, properties: { priority: 'urgent' } }),
    ),
);

type Message = { readonly messageId: string };

/** A history, and another way for it to arrive: in any order, in any batches, some of it twice. */
const arrivals = fc
  .array(message, { minLength: 3, maxLength: 10 })
  .chain((history) =>
    fc.record({
      history: fc.constant(history),
      shuffled: fc.shuffledSubarray([...history, ...history.slice(0, 3)], {
        minLength: history.length + Math.min(3, history.length),
      }),
      cuts: fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }),
    }),
  )
  .map(({ history, shuffled, cuts }) => ({ history, batches: cutUp<Message>(shuffled, cuts) }));

function cutUp<T>(items: readonly T[], cuts: readonly boolean[]): T[][] {
  const batches: T[][] = [[]];
  items.forEach((item, index) => {
    if (cuts[index]) batches.push([]);
    batches.at(-1)?.push(item);
  });
  return batches.filter((batch) => batch.length > 0);
}

forEachDatabase('the order in which events arrive', (open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(open, { catalog: { triggers: {} } });
  });
  beforeEach(() => house.forget());
  afterAll(() => house.close());

  /** All that is known in the end, but for what only says when something was looked at. */
  async function known() {
    const read = async (sql: string) => (await house.db.pool.query(sql)).rows;
    const accounts = await read(
      'select id, name, state, seen, readiness, signals_hash, refold from account order by id',
    );
    return {
      accounts: accounts
        .map(({ seen, ...row }) => ({
          ...row,
          state: sorted(foldSeen(JSON.parse(row.state), JSON.parse(seen ?? '{}'))),
        }))
        // An account that all events have left is as good as unknown.
        .filter(({ state }) => state.firstEventAt !== undefined),
      events: await read('select id, person_id, account_id from event order by id'),
      people: await read('select id, bindings from person where not pending order by id'),
    };
  }

  async function arriving(batches: readonly (readonly object[])[]) {
    await house.forget();
    for (const batch of batches) await house.send(batch);
    return known();
  }

  test('makes no difference to what is known of accounts and people', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ history, batches }) => {
        expect(await arriving(batches)).toEqual(await arriving([history]));
      }),
      { numRuns: 20 },
    );
  });

  describe('when they come at the same time', () => {
    test('makes no difference either', async () => {
      const other = await house.startAnother();
      try {
        await fc.assert(
          fc.asyncProperty(arrivals, async ({ history, batches }) => {
            await house.forget();
            await Promise.all(
              batches.map(async (batch, index) => {
                const response = await fetch(`${(index % 2 === 0 ? house.service() : other).url}/v1/batch`, {
                  method: 'POST',
                  headers: { authorization: 'Bearer wk_test', 'content-type': 'application/json' },
                  body: JSON.stringify({ batch }),
                });
                expect(response.status).toBe(200);
              }),
            );
            expect(await known()).toEqual(await arriving([history]));
          }),
          { numRuns: 20 },
        );
      } finally {
        await other.stop();
      }
    });
  });
});

/** With the keys of every object in order, so that only what is said counts. */
// biome-ignore lint/suspicious/noExplicitAny: it takes any JSON and gives the same back.
function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
