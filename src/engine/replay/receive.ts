import { compareEvents, type Event, type PersonId } from '../event.ts';
import { fold } from '../fold.ts';
import { changesScore } from '../nps.ts';
import { keepOpenings, open } from '../openings.ts';
import { emptyState } from '../state.ts';
import type { Instant } from '../time.ts';
import { type Arrival, arrive } from './arrive.ts';
import { passUntil } from './life.ts';
import { look } from './look.ts';
import { applyOutcome } from './outcomes.ts';
import { tallyEvent } from './tally.ts';
import { type Account, outcomeOf, type Reported, type World } from './world.ts';

/** One step: what is due before it happens, then events that came together are folded, and their accounts decided. */
export function receive(world: World, reported: readonly Reported[], at: Instant): void {
  passUntil(world, at);
  world.now = Math.max(world.now, at);
  for (const event of reported) tallyEvent(world.tally, event.occurredAt);
  const counted = reported.filter((event) => outcomeOf(event) === undefined || applyOutcome(world, event, world.now));
  const live: Account[] = [];
  for (const arrival of arrive(world, counted).values()) {
    takeIn(world, arrival);
    if (arrival.isMoved || arrival.events.some(({ imported }) => imported !== true)) live.push(arrival.account);
  }
  if (live.length > 0) look(world, live, world.now);
}

function takeIn(world: World, { account, events, isMoved, lost }: Arrival): void {
  events.sort(compareEvents);
  // Where events changed hands, an answer is news by what was known before the step.
  const news = isMoved ? events.map((event) => changesScore(account.state, event)) : undefined;
  for (const [i, event] of events.entries()) {
    const changedNps = news?.[i] ?? changesScore(account.state, event);
    fold(account.state, event, world.index);
    account.log?.push(event);
    account.agenda = open(account.agenda, event, world.catalog, { changedNps });
  }
  if (lost.size > 0 && account.log !== undefined) foldAnew(world, account, account.log.filter(({ id }) => !lost.has(id)));
}

/** The account without the events it lost. */
function foldAnew(world: World, account: Account, events: Event[]): void {
  const doneBy = new Map<string, PersonId | undefined>();
  account.state = emptyState();
  for (const event of events) {
    fold(account.state, event, world.index);
    doneBy.set(event.id, event.personId);
  }
  account.log = events;
  account.agenda = keepOpenings(account.agenda, doneBy);
}
