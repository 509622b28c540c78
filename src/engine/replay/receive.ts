import { compareEvents, type Event } from '../event.ts';
import type { Instant } from '../time.ts';
import { type Arrival, arrive } from './arrive.ts';
import { passUntil } from './life.ts';
import { look } from './look.ts';
import { applyOutcome, outcomeOf } from './outcomes.ts';
import { stepQuickly } from './quick-step.ts';
import { takeIn } from './take-in.ts';
import { tallyEvent } from './tally.ts';
import type { Reported, World } from './world.ts';

/** One step: what is due before it happens, then events that came together are folded, and their accounts decided. */
export function receive(world: World, reported: readonly Reported[], at: Instant): void {
  const arrivals = begin(world, reported, at);
  const changed = arrivals.filter((arrival) => takeIn(world, arrival, arrival.events));
  const accounts = changed.map(({ account }) => account);
  look(world, accounts, world.now);
}

/**
 * Events of one instant, in order, each a step of its own. Who and where they are is known to all of them from the
 * first: in a history it does not matter which of them was written down before the other.
 */
export function receiveEach(world: World, reported: readonly Reported[], at: Instant): void {
  const [only] = reported;
  if (only !== undefined && reported.length === 1 && stepQuickly(world, only, at)) return;
  for (const { arrival, events } of stepsOf(begin(world, reported, at))) {
    if (takeIn(world, arrival, events)) look(world, [arrival.account], world.now);
  }
}

type Step = { readonly arrival: Arrival; readonly events: readonly Event[] };

/** What changed hands is put in its place at once, before anything new is looked at. */
function stepsOf(arrivals: readonly Arrival[]): Step[] {
  const moved = arrivals
    .filter(({ isMoved }) => isMoved)
    .map((arrival) => ({ arrival, events: arrival.events }));
  const others = arrivals.flatMap((arrival) =>
    arrival.isMoved ? [] : arrival.events.map((event) => ({ arrival, event })),
  );
  others.sort((a, b) => compareEvents(a.event, b.event));
  return [...moved, ...others.map(({ arrival, event }) => ({ arrival, events: [event] }))];
}

function begin(world: World, reported: readonly Reported[], at: Instant): Arrival[] {
  passUntil(world, at);
  world.now = Math.max(world.now, at);
  for (const event of reported) tallyEvent(world.tally, event.occurredAt);
  const counted = shownFirst(reported).filter(
    (event) => outcomeOf(event) === undefined || applyOutcome(world, event, world.now),
  );
  const arrivals = [...arrive(world, counted).values()];
  for (const { events } of arrivals) events.sort(compareEvents);
  return arrivals;
}

/** A card that is answered unseen is shown at that instant: in that order it happened, whatever the order of the ids. */
function shownFirst(reported: readonly Reported[]): readonly Reported[] {
  const rank = ({ name }: Reported) => (name === 'Ask Shown' ? 0 : 1);
  return reported.toSorted((a, b) => rank(a) - rank(b));
}
