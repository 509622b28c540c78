import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGatherer } from '../../src/use-cases/gather.ts';

/** Lets the flushes be ended by hand, one after the other. */
function byHand() {
  const ends: (() => void)[] = [];
  return { wait: () => new Promise<void>((resolve) => ends.push(resolve)), end: () => ends.shift()?.() };
}

const limits = { maxBatch: 10, maxWaiting: 1000, lanes: 1, flushers: 1 };
const inOneLane = <Item>(weigh: (item: Item) => number) => ({ weigh, laneOf: () => 0 });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('gathering', () => {
  test('answers everyone once, in batches no heavier than allowed, and the items of one lane in their order', async () => {
    const item = fc.record({ weight: fc.integer({ min: 0, max: 12 }), lane: fc.nat({ max: 3 }) });
    const requests = fc.array(
      fc.record({ items: fc.array(item, { maxLength: 4 }), later: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 30 },
    );
    const shape = fc.record({
      flushers: fc.integer({ min: 1, max: 3 }),
      worthAnother: fc.constantFrom(0, 5, 30),
    });
    type Item = { readonly n: number; readonly weight: number; readonly lane: number };
    await fc.assert(
      fc.asyncProperty(requests, shape, async (given, { flushers, worthAnother }) => {
        const flushing = new Set<readonly Item[]>();
        const flushed: Item[] = [];
        const gatherer = createGatherer(
          async (batch: readonly Item[]) => {
            const weight = batch.reduce((sum, one) => sum + Math.max(1, one.weight), 0);
            expect(batch.length === 1 || weight <= limits.maxBatch).toBe(true);
            const lanes = new Set([...flushing].flat().map(({ lane }) => lane));
            for (const { lane } of batch) expect(lanes).not.toContain(lane);
            flushing.add(batch);
            expect(flushing.size).toBeLessThanOrEqual(flushers);
            for (let i = 0; i <= weight % 3; i += 1) await turn();
            flushing.delete(batch);
            flushed.push(...batch);
            return batch.map(({ n }) => n * 2);
          },
          { weigh: ({ weight }) => weight, laneOf: ({ lane }) => lane },
          { ...limits, lanes: 4, flushers, worthAnother },
        );
        let n = 0;
        const answers = await Promise.all(
          given.map(async ({ items, later }) => {
            for (let i = 0; i < later; i += 1) await turn();
            const numbered = items.map((one) => ({ ...one, n: n++ }));
            return { numbered, answer: await gatherer.add(numbered) };
          }),
        );
        await gatherer.drain();
        for (const { numbered, answer } of answers) expect(answer).toEqual(numbered.map((one) => one.n * 2));
        expect(flushed).toHaveLength(n);
        for (const lane of [0, 1, 2, 3]) {
          const order = flushed.filter((one) => one.lane === lane).map((one) => one.n);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('takes little from several lanes together, and much from each beside the others', async () => {
    const hand = byHand();
    const batches: string[] = [];
    const gatherer = createGatherer(
      async (batch: readonly string[]) => {
        batches.push(batch.join(' '));
        await hand.wait();
        return batch;
      },
      { weigh: () => 1, laneOf: (item) => Number(item[0]) },
      { ...limits, lanes: 3, flushers: 2, worthAnother: 2 },
    );
    void gatherer.add(['0a']);
    await turn();
    void gatherer.add(['1a', '2a', '0b', '1b']);
    await turn();
    // Lane 0 is under way, and from lane 1 on there is enough for another batch.
    expect(batches).toEqual(['0a', '1a 1b']);
    hand.end();
    await turn();
    expect(batches.slice(2)).toEqual(['2a 0b']);
    void gatherer.add(['2b']);
    hand.end();
    await turn();
    expect(batches).toHaveLength(3);
    hand.end();
    await turn();
    expect(batches.slice(3)).toEqual(['2b']);
    hand.end();
    await gatherer.drain();
  });

  test('flushes a lone item at once, and what comes meanwhile together', async () => {
    const hand = byHand();
    const batches: (readonly string[])[] = [];
    const gatherer = createGatherer(
      async (batch: readonly string[]) => {
        batches.push(batch);
        await hand.wait();
        return batch;
      },
      inOneLane(() => 1),
      limits,
    );
    const first = gatherer.add(['a']);
    await turn();
    const rest = ['b', 'c', 'd'].map((item) => gatherer.add([item]));
    await turn();
    expect(batches).toEqual([['a']]);
    hand.end();
    expect(await first).toEqual(['a']);
    await turn();
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    hand.end();
    expect(await Promise.all(rest)).toEqual([['b'], ['c'], ['d']]);
  });

  test('keeps the order in which items came', async () => {
    const seen: number[] = [];
    const gatherer = createGatherer(
      async (batch: readonly number[]) => {
        seen.push(...batch);
        await turn();
        return batch;
      },
      inOneLane(() => 3),
      limits,
    );
    await Promise.all(Array.from({ length: 20 }, (_, n) => gatherer.add([n])));
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test('refuses as busy what is too much, and takes it again when there is room', async () => {
    const hand = byHand();
    const gatherer = createGatherer(
      async (batch: readonly number[]) => {
        await hand.wait();
        return batch;
      },
      inOneLane((weight: number) => weight),
      { ...limits, maxWaiting: 20 },
    );
    const first = gatherer.add([15]);
    await turn();
    await expect(gatherer.add([6])).rejects.toMatchObject({ code: 'busy' });
    const second = gatherer.add([5]);
    hand.end();
    await first;
    await turn();
    hand.end();
    await second;
    await turn();
    const third = gatherer.add([50]);
    await turn();
    hand.end();
    expect(await third).toEqual([50]);
  });

  test('tells everyone of a batch that failed, and goes on with the next', async () => {
    let broken = true;
    const gatherer = createGatherer(
      async (batch: readonly string[]) => {
        if (broken) throw new Error('the disk is full');
        return batch.map((item) => (item === 'bad' ? new Error('this one alone') : item));
      },
      inOneLane(() => 1),
      limits,
    );
    const settled = await Promise.allSettled([gatherer.add(['a']), gatherer.add(['b'])]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    const [good, bad] = await Promise.allSettled([gatherer.add(['c']), gatherer.add(['bad'])]);
    expect(good).toEqual({ status: 'fulfilled', value: ['c'] });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'this one alone' } });
  });

  test('is drained when all it was given has been flushed, also at once', async () => {
    const gatherer = createGatherer(
      async (batch: readonly number[]) => batch,
      inOneLane(() => 1),
      limits,
    );
    await gatherer.drain();
    const answers: number[] = [];
    for (const n of [1, 2, 3]) void gatherer.add([n]).then((answer) => answers.push(...answer));
    await gatherer.drain();
    await turn();
    expect(answers).toEqual([1, 2, 3]);
  });
});
