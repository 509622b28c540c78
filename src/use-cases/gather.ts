import { Refusal } from '../errors.ts';

/**
 * Gathers what concurrent requests hand in: while one flush is under way the next batch fills. There is no timer,
 * so a lone request is flushed at once. Past `maxWaiting` weight further requests are refused as busy.
 */
export type Gatherer<Item, Result> = {
  readonly add: (item: Item) => Promise<Result>;
  /** Nothing more will be taken just now. */
  readonly isFull: () => boolean;
  /** Resolves when everything added so far has been flushed. */
  readonly drain: () => Promise<void>;
};

export type GatherLimits = {
  /** The weight one flush takes at most; a single heavier item goes alone. */
  readonly maxBatch: number;
  /** The weight that may wait or be under way before `add` refuses. */
  readonly maxWaiting: number;
  /** Flushes under way at once. */
  readonly flushers: number;
  /** The weight that must wait for another flush to begin beside one: what is less is better taken together. */
  readonly worthAnother?: number;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * `flush` answers one result an item, in order, or an Error for one that failed alone; if it throws, every item of the
 * batch is rejected.
 */
export function createGatherer<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  weigh: (item: Item) => number,
  limits: GatherLimits,
): Gatherer<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let waiting = 0;
  let underWay = 0;
  let flushing = 0;
  let idle: (() => void)[] = [];

  async function flushNext(): Promise<void> {
    const batch = takeBatch(queue, limits.maxBatch);
    const taken = batch.reduce((sum, { weight }) => sum + weight, 0);
    flushing += 1;
    underWay += taken;
    await answer(batch, flush);
    flushing -= 1;
    underWay -= taken;
    waiting -= taken;
    pump();
  }

  const isWorthIt = () => flushing === 0 || waiting - underWay >= (limits.worthAnother ?? 0);

  function pump(): void {
    while (queue.length > 0 && flushing < limits.flushers && isWorthIt()) void flushNext();
    if (queue.length > 0 || flushing > 0) return;
    for (const done of idle) done();
    idle = [];
  }

  return {
    add: (item) => {
      const weight = Math.max(1, weigh(item));
      if (waiting > 0 && waiting + weight > limits.maxWaiting) {
        return Promise.reject(busy(waiting));
      }
      waiting += weight;
      return new Promise((resolve, reject) => {
        queue.push({ item, weight, resolve, reject });
        // Requests that arrive in the same turn of the event loop belong together.
        queueMicrotask(pump);
      });
    },
    isFull: () => waiting >= limits.maxWaiting,
    drain: () =>
      queue.length === 0 && flushing === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve)),
  };
}

const busy = (waiting: number) =>
  new Refusal('busy', `${waiting} events are waiting to be stored; try again in a few seconds.`);

/** Flushes a batch and tells each what became of it. Never rejects. */
async function answer<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  flush: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
): Promise<void> {
  try {
    const results = await flush(batch.map(({ item }) => item));
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index];
      if (result === undefined) reject(new Error('A flush answered fewer results than it was given items.'));
      else if (result instanceof Error) reject(result);
      else resolve(result);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function takeBatch<Item, Result>(queue: Waiting<Item, Result>[], maxBatch: number): Waiting<Item, Result>[] {
  let weight = 0;
  const count = queue.findIndex((waiting, index) => {
    weight += waiting.weight;
    return index > 0 && weight > maxBatch;
  });
  return queue.splice(0, count === -1 ? queue.length : count);
}
