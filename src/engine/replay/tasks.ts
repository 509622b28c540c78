import type { Instant } from '../time.ts';

/**
 * What time alone makes due. Tasks of one instant run as a tick of live use would: by rank, then by key, for the order
 * in which they came is chance. What a task makes due at once waits for the next pass if its rank had its turn.
 */
export type Task<Work> = {
  readonly at: Instant;
  readonly pass: number;
  readonly rank: number;
  readonly key: string;
  readonly work: Work;
};

/** A queue of tasks by time. A task cannot be taken back: whoever runs it looks whether it still means anything. */
export type Tasks<Work> = {
  /** When the next one is due; Infinity when there is none. */
  readonly nextAt: () => Instant;
  readonly put: (at: Instant, rank: number, key: string, work: Work) => void;
  /** The next one, left where it is. */
  readonly peek: () => Task<Work> | undefined;
  readonly take: () => Task<Work> | undefined;
};

export function createTasks<Work>(): Tasks<Work> {
  const heap: Task<Work>[] = [];
  let running: Task<Work> | undefined;
  return {
    nextAt: () => heap[0]?.at ?? Number.POSITIVE_INFINITY,
    peek: () => heap[0],
    put: (at, rank, key, work) => {
      heap.push({ at, pass: passOf(running, at, rank), rank, key, work });
      rise(heap, heap.length - 1);
    },
    take: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first !== last && last !== undefined) {
        heap[0] = last;
        sink(heap);
      }
      running = first;
      return first;
    },
  };
}

function passOf(running: Task<unknown> | undefined, at: Instant, rank: number): number {
  if (running === undefined || at > running.at) return 0;
  return rank > running.rank ? running.pass : running.pass + 1;
}

function rise<Work>(heap: Task<Work>[], start: number): void {
  let place = start;
  for (;;) {
    const above = (place - 1) >> 1;
    const [one, other] = [heap[place], heap[above]];
    if (place === 0 || one === undefined || other === undefined || !comesBefore(one, other)) return;
    heap[place] = other;
    heap[above] = one;
    place = above;
  }
}

function sink<Work>(heap: Task<Work>[]): void {
  let place = 0;
  for (;;) {
    const one = heap[place];
    const left = heap[2 * place + 1];
    const right = heap[2 * place + 2];
    if (one === undefined || left === undefined) return;
    const isRight = right !== undefined && comesBefore(right, left);
    const below = isRight ? right : left;
    if (!comesBefore(below, one)) return;
    heap[place] = below;
    place = 2 * place + (isRight ? 2 : 1);
    heap[place] = one;
  }
}

function comesBefore<Work>(a: Task<Work>, b: Task<Work>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.pass !== b.pass) return a.pass < b.pass;
  return a.rank === b.rank ? a.key < b.key : a.rank < b.rank;
}
