import { Refusal } from '../errors.ts';

/**
 * Gathers what concurrent requests hand in: while one flush is under way the next batch fills. There is no timer,
 * so a lone request is flushed at once. Past `maxWaiting` weight further requests are refused as busy.
 *
 * Items go in lanes. Those of one lane are flushed in the order in which they came, one batch after the other; lanes
 * are flushed beside each other, or several in one batch where little waits in each.
 */
export type Gatherer<Item, Result> = {
  /** Takes the items of one request, or none of them. Answers one result an item, in order. */
  readonly add: (items: readonly Item[]) => Promise<Result[]>;
  /** Nothing more will be taken just now. */
  readonly isFull: () => boolean;
  /** Resolves when everything added so far has been flushed. */
  readonly drain: () => Promise<void>;
};

/** What is gathered: how much each item weighs, and which lane it takes, from 0. */
export type Gathered<Item> = {
  readonly weigh: (item: Item) => number;
  readonly laneOf: (item: Item) => number;
};

export type GatherLimits = {
  /** The weight one flush takes at most; a single heavier item goes alone. */
  readonly maxBatch: number;
  /** The weight that may wait or be under way before `add` refuses. */
  readonly maxWaiting: number;
  readonly lanes: number;
  /** Flushes under way at once. */
  readonly flushers: number;
  /** The weight that must wait for another flush to begin beside one: what is less is better taken together. */
  readonly worthAnother?: number;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly weight: number;
  /** Its place in the order of arrival. */
  readonly turn: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

type Lane<Item, Result> = { readonly queue: Waiting<Item, Result>[]; weight: number; isBusy: boolean };

/**
 * `flush` answers one result an item, in order, or an Error for one that failed alone; if it throws, every item of the
 * batch is rejected.
 */
export function createGatherer<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { weigh, laneOf }: Gathered<Item>,
  { maxBatch, maxWaiting, flushers, worthAnother = 0, ...limits }: GatherLimits,
): Gatherer<Item, Result> {
  const { lanes, push } = createLanes<Item, Result>(limits.lanes, laneOf);
  const heft = (item: Item) => Math.max(1, weigh(item));
  let waiting = 0;
  let flushing = 0;
  let idle: (() => void)[] = [];

  async function flushNext(from: readonly Lane<Item, Result>[]): Promise<void> {
    const { batch, taken } = takeBatch(from, maxBatch);
    flushing += 1;
    for (const lane of taken) lane.isBusy = true;
    await answer(batch, flush);
    for (const lane of taken) lane.isBusy = false;
    flushing -= 1;
    waiting -= weightOf(batch);
    pump();
  }

  function pump(): void {
    while (flushing < flushers) {
      const next = nextLanes(lanes, flushing === 0 ? 0 : worthAnother, worthAnother);
      if (next.length === 0) break;
      void flushNext(next);
    }
    if (waiting > 0) return;
    for (const done of idle) done();
    idle = [];
  }

  return {
    add: (items) => {
      const weight = items.reduce((sum, item) => sum + heft(item), 0);
      if (waiting > 0 && waiting + weight > maxWaiting) return Promise.reject(busy(waiting));
      waiting += weight;
      // Requests that arrive in the same turn of the event loop belong together.
      queueMicrotask(pump);
      return Promise.all(items.map((item) => push(item, heft(item))));
    },
    isFull: () => waiting >= maxWaiting,
    drain: () => (waiting === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

function createLanes<Item, Result>(count: number, laneOf: Gathered<Item>['laneOf']) {
  const lanes = Array.from(
    { length: count },
    (): Lane<Item, Result> => ({ queue: [], weight: 0, isBusy: false }),
  );
  let turns = 0;
  const push = (item: Item, weight: number): Promise<Result> => {
    const lane = lanes[laneOf(item)];
    if (lane === undefined) throw new Error(`There is no lane ${laneOf(item)}, only ${count}.`);
    lane.weight += weight;
    turns += 1;
    return new Promise((resolve, reject) => lane.queue.push({ item, weight, turn: turns, resolve, reject }));
  };
  return { lanes, push };
}

/**
 * The lanes to flush next, who came first before the others: as many as hold `enough`, or all that are free. None where
 * those hold less than `least`.
 */
function nextLanes<Item, Result>(
  lanes: readonly Lane<Item, Result>[],
  least: number,
  enough: number,
): Lane<Item, Result>[] {
  const free = lanes.filter(({ isBusy, queue }) => !isBusy && queue.length > 0).sort(byTurn);
  const chosen: Lane<Item, Result>[] = [];
  let weight = 0;
  for (const lane of free) {
    if (chosen.length > 0 && weight >= enough) break;
    chosen.push(lane);
    weight += lane.weight;
  }
  return weight < least ? [] : chosen;
}

function byTurn<Item, Result>(a: Lane<Item, Result>, b: Lane<Item, Result>): number {
  return (a.queue[0]?.turn ?? 0) - (b.queue[0]?.turn ?? 0);
}

const weightOf = (items: readonly { readonly weight: number }[]) =>
  items.reduce((sum, { weight }) => sum + weight, 0);

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

/** From each lane what fits, of the first one item at least; `taken`: the lanes of which something is in the batch. */
function takeBatch<Item, Result>(
  lanes: readonly Lane<Item, Result>[],
  maxBatch: number,
): { readonly batch: readonly Waiting<Item, Result>[]; readonly taken: readonly Lane<Item, Result>[] } {
  const batch: Waiting<Item, Result>[] = [];
  const taken: Lane<Item, Result>[] = [];
  let weight = 0;
  for (const lane of lanes) {
    const end = lane.queue.findIndex((waiting) => {
      const fits = weight === 0 || weight + waiting.weight <= maxBatch;
      if (fits) weight += waiting.weight;
      return !fits;
    });
    const items = lane.queue.splice(0, end === -1 ? lane.queue.length : end);
    if (items.length > 0) taken.push(lane);
    lane.weight -= weightOf(items);
    batch.push(...items);
  }
  return { batch, taken };
}
