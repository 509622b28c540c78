import type { Instant } from '../time.ts';
import type { Ask } from './world.ts';

/** A rate, and who waits for it. */
export type Line = {
  /** When it was used, as far back as the rate looks. */
  used: Instant[];
  /** Whose turn it is comes last. Some may have been withdrawn since. */
  readonly waiting: Ask[];
  /** When there is room again at the latest, which is in the queue already. */
  backAt: Instant;
};
export type OwnersLine = Line & { open: number };

/** What the rates of the workspace look at. */
export type Room = {
  readonly emails: Line;
  readonly owners: Map<string, OwnersLine>;
  /** Per trigger: when it made its asks, as far back as `pause_above` looks. */
  readonly made: Map<string, Instant[]>;
};

export const newLine = (): Line => ({ used: [], waiting: [], backAt: Number.NaN });

export type ComesBefore = (a: Ask, b: Ask) => boolean;

/** Puts an ask in its place, between those that come after it and those that come before it. */
export function lineUp(waiting: Ask[], ask: Ask, comesBefore: ComesBefore): void {
  let from = 0;
  let to = waiting.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = waiting[middle];
    if (other !== undefined && comesBefore(ask, other)) from = middle + 1;
    else to = middle;
  }
  waiting.splice(from, 0, ask);
}

/** Whose turn it is, once those that no longer wait are gone. */
export function nextOf({ waiting }: Line): Ask | undefined {
  while (waiting.length > 0 && waiting[waiting.length - 1]?.status !== 'scheduled') waiting.pop();
  return waiting[waiting.length - 1];
}

/** Forgets what the rate no longer looks at: all up to and including `until`. */
export function forgetUsed(line: Line, until: Instant): void {
  const [first] = line.used;
  if (first !== undefined && first <= until) line.used = line.used.filter((used) => used > until);
}
