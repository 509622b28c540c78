import type { Outcome } from './types.ts';

/** What the person decided about a nudge, on this page or on another of the same origin. */
export type Decision = {
  readonly id: string;
  readonly outcome: Exclude<Outcome, 'shown'>;
  readonly length?: string | undefined;
  readonly at: number;
};

const PLACE = 'goodturn.decided';
/** A snoozed nudge comes back one day. By then the service has heard of the snooze, and this is its affair. */
const SNOOZE_REMEMBERED = 10 * 60 * 1000;

let latest: Decision | undefined;

/** Remembers a decision over pages, and tells the other ones. There is only ever one nudge, so one will do. */
export function remember(decision: Decision): void {
  latest = decision;
  try {
    localStorage.setItem(PLACE, JSON.stringify(decision));
  } catch {
    // Where a browser keeps nothing, this page still knows, and the service tells the others.
  }
}

/** What was decided about this nudge already, if anything. */
export function recall(id: string): Decision | undefined {
  return [read(), latest].find((decision) => decision?.id === id && !isOver(decision));
}

/** Calls `then` when something was decided on another page. Answers with a function that ends it. */
export function onDecidedElsewhere(then: () => void): () => void {
  const listen = ({ key }: StorageEvent) => {
    if (key === PLACE) then();
  };
  addEventListener('storage', listen);
  return () => removeEventListener('storage', listen);
}

const isOver = ({ outcome, at }: Decision) => outcome === 'snoozed' && Date.now() - at > SNOOZE_REMEMBERED;

function read(): Decision | undefined {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
