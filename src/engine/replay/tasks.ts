import type { Instant } from '../time.ts';

/** What time alone makes due. Tasks of one instant run by rank, then in the order in which they were put. */
export type Task<Work> = { readonly at: Instant; readonly rank: number; readonly work: Work };

/** A queue of tasks by time. A task cannot be taken back: whoever runs it looks whether it still means anything. */
export type Tasks<Work> = {
  /** When the next one is due; Infinity when there is none. */
  readonly nextAt: () => Instant;
  readonly put: (at: Instant, rank: number, work: Work) => void;
  readonly take: () => Task<Work> | undefined;
};

type Queued<Work> = Task<Work> & { readonly order: number };

export function createTasks<Work>(): Tasks<Work> {
  const heap: Queued<Work>[] = [];
  let put = 0;
  return {
    nextAt: () => heap[0]?.at ?? Number.POSITIVE_INFINITY,
    put: (at, rank, work) => {
      put += 1;
      heap.push({ at, rank, work, order: put });
      rise(heap, heap.length - 1);
    },
    take: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first !== last && last !== undefined) {
        heap[0] = last;
        sink(heap);
      }
      return first;
    },
  };
}

function rise<Work>(heap: Queued<Work>[], start: number): void {
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

function sink<Work>(heap: Queued<Work>[]): void {
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

function comesBefore<Work>(a: Queued<Work>, b: Queued<Work>): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.rank === b.rank ? a.order < b.order : a.rank < b.rank;
}
