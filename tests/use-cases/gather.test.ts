import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGatherer } from '../../src/use-cases/gather.ts';

/** Lets the flushes be ended by hand, one after the other. */
function byHand() {
  const ends: (() => void)[] = [];
  return { wait: () => new Promise<void>((resolve) => ends.push(resolve)), end: () => ends.shift()?.() };
}

const limits = { maxBatch: 10, maxWaiting: 1000, flushers: 1 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('gathering', () => {
  test('answers everyone once, with the answer to their own item, in batches no heavier than allowed', async () => {
    const items = fc.array(
      fc.record({ weight: fc.integer({ min: 0, max: 12 }), later: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 3 }), async (given, flushers) => {
        let under = 0;
        const batches: (readonly { n: number; weight: number }[])[] = [];
        const gatherer = createGatherer(
          async (batch: readonly { n: number; weight: number }[]) => {
            under += 1;
            expect(under).toBeLessThanOrEqual(flushers);
            batches.push(batch);
            await turn();
            under -= 1;
            return batch.map(({ n }) => n * 2);
          },
          ({ weight }) => weight,
          { ...limits, flushers },
        );
        const answers = await Promise.all(
          given.map(async ({ weight, later }, n) => {
            for (let i = 0; i < later; i += 1) await turn();
            return gatherer.add({ n, weight });
          }),
        );
        await gatherer.drain();
        expect(answers).toEqual(given.map((_, n) => n * 2));
        expect(
          batches
            .flat()
            .map(({ n }) => n)
            .sort((a, b) => a - b),
        ).toEqual(given.map((_, n) => n));
        const weigh = (batch: readonly { weight: number }[]) =>
          batch.reduce((sum, { weight }) => sum + Math.max(1, weight), 0);
        for (const batch of batches) expect(batch.length === 1 || weigh(batch) <= limits.maxBatch).toBe(true);
      }),
      { numRuns: 60 },
    );
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
      () => 1,
      limits,
    );
    const first = gatherer.add('a');
    await turn();
    const rest = ['b', 'c', 'd'].map((item) => gatherer.add(item));
    await turn();
    expect(batches).toEqual([['a']]);
    hand.end();
    expect(await first).toBe('a');
    await turn();
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    hand.end();
    expect(await Promise.all(rest)).toEqual(['b', 'c', 'd']);
  });

  test('keeps the order in which items came', async () => {
    const seen: number[] = [];
    const gatherer = createGatherer(
      async (batch: readonly number[]) => {
        seen.push(...batch);
        await turn();
        return batch;
      },
      () => 3,
      limits,
    );
    await Promise.all(Array.from({ length: 20 }, (_, n) => gatherer.add(n)));
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  test('refuses as busy what is too much, and takes it again when there is room', async () => {
    const hand = byHand();
    const gatherer = createGatherer(
      async (batch: readonly number[]) => {
        await hand.wait();
        return batch;
      },
      (weight) => weight,
      { ...limits, maxWaiting: 20 },
    );
    const first = gatherer.add(15);
    await turn();
    await expect(gatherer.add(6)).rejects.toMatchObject({ code: 'busy' });
    const second = gatherer.add(5);
    hand.end();
    await first;
    await turn();
    hand.end();
    await second;
    await turn();
    const third = gatherer.add(50);
    await turn();
    hand.end();
    expect(await third).toBe(50);
  });

  test('tells everyone of a batch that failed, and goes on with the next', async () => {
    let broken = true;
    const gatherer = createGatherer(
      async (batch: readonly string[]) => {
        if (broken) throw new Error('the disk is full');
        return batch.map((item) => (item === 'bad' ? new Error('this one alone') : item));
      },
      () => 1,
      limits,
    );
    const settled = await Promise.allSettled([gatherer.add('a'), gatherer.add('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    const [good, bad] = await Promise.allSettled([gatherer.add('c'), gatherer.add('bad')]);
    expect(good).toEqual({ status: 'fulfilled', value: 'c' });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'this one alone' } });
  });

  test('is drained when all it was given has been flushed, also at once', async () => {
    const gatherer = createGatherer(
      async (batch: readonly number[]) => batch,
      () => 1,
      limits,
    );
    await gatherer.drain();
    const answers: number[] = [];
    for (const n of [1, 2, 3]) void gatherer.add(n).then((answer) => answers.push(answer));
    await gatherer.drain();
    await turn();
    expect(answers).toEqual([1, 2, 3]);
  });
});
