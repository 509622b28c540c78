import type { Opening } from '../account.ts';
import type { Event, PersonId } from '../event.ts';
import { judge } from '../judge.ts';
import { matches } from '../match.ts';
import { MOST_OPENINGS, openingOf, withOpening } from '../openings.ts';
import { own, put } from '../record.ts';
import { situate } from '../situation.ts';
import type { Instant } from '../time.ts';
import { firstChange } from '../wake.ts';
import type { Opened } from './effects.ts';
import { sleepUntil } from './look.ts';
import { type HoldCount, holdCounts } from './tally.ts';
import type { Account, Person, World } from './world.ts';

/** Which gates hold, in order of their names, and until when that cannot change by time alone. */
type Held = {
  readonly names: readonly string[];
  readonly until: Instant;
  readonly counts: readonly HoldCount[];
  /** Of the person, and of what is paused, when it was found. */
  readonly version: number;
  readonly pauses: number;
};

/** By the places of the triggers, and whether the event itself passes: what held an event of each person. */
export type Glances = (Map<PersonId, Held> | undefined)[];

/** An event that opened a trigger, and was held by these gates. */
export type HeldOpening = {
  readonly opened: Opened;
  readonly event: Event;
  readonly personId: PersonId;
  readonly names: readonly string[];
};

/**
 * Looks only at a new event, of an account about which nothing else has changed: does each trigger that it opens
 * hold? Then no other answer can be another than before, and the account need not be looked at. False when that is
 * not plain to see; then nothing was done.
 */
export function glance(world: World, account: Account, event: Event, opens: readonly Opened[]): boolean {
  const person = event.personId === undefined ? undefined : world.people.get(event.personId);
  if (person === undefined) return false;
  const age = event.receivedAt - event.occurredAt;
  const found: (Held | undefined)[] = [];
  for (const opened of opens) {
    const held = age >= opened.trigger.fresh ? undefined : heldBy(world, account, opened, person, event);
    if (held !== undefined && !isPlain(held)) return false;
    found.push(held);
  }
  for (const [i, opened] of opens.entries()) {
    const held = found[i];
    if (held !== undefined) note(world, account, opened, held, event, person.id);
  }
  return true;
}

/** What nothing holds deserves a look, and what only lacks readiness as well. */
function isPlain({ names }: Held): boolean {
  return names.length > 1 || (names.length === 1 && names[0] !== 'readiness');
}

function note(
  world: World,
  account: Account,
  opened: Opened,
  held: Held,
  event: Event,
  personId: PersonId,
): void {
  const { tally, now } = world;
  const waiting = (account.held ??= []);
  waiting.push({ opened, event, personId, names: held.names });
  if (waiting.length > MOST_HELD) account.held = stillFresh(waiting, now);
  if (now >= tally.from && now <= tally.to) {
    for (const count of held.counts) count.count += 1;
    if (held.counts.length === 1) held.counts[0]?.alone.add(account.id);
  }
  // Past its time the event is gone, so that what would change later does not matter.
  if (held.until < event.occurredAt + opened.trigger.fresh && held.until < account.wakeAt)
    sleepUntil(world, account, held.until);
}

const MOST_HELD = 4 * MOST_OPENINGS;

/** Of each trigger the latest that are young enough. */
function stillFresh(waiting: readonly HeldOpening[], now: Instant): HeldOpening[] {
  const kept = new Map<Opened, number>();
  return waiting
    .toReversed()
    .filter(({ opened, event }) => {
      const before = kept.get(opened) ?? 0;
      kept.set(opened, before + 1);
      return before < MOST_OPENINGS && event.occurredAt + opened.trigger.fresh > now;
    })
    .reverse();
}

function heldBy(world: World, account: Account, opened: Opened, person: Person, event: Event): Held {
  const { now, pauses } = world;
  const glances = (account.glances ??= []);
  const place = 2 * opened.place + (passes(opened, event) ? 1 : 0);
  const people = (glances[place] ??= new Map());
  const known = people.get(person.id);
  const isGood =
    known !== undefined &&
    known.version === person.version &&
    known.pauses === pauses.length &&
    known.until > now;
  if (isGood && opened.trigger.who === 'actor') return known;
  const situation = situate(world.catalog, account, now);
  const judged = judge(situation, opened.plan, openingOf(event));
  const { names } = judged.holds;
  const held: Held = {
    names,
    until: firstChange(situation, [judged], Number.POSITIVE_INFINITY),
    counts: holdCounts(world.tally, opened.trigger.name, names),
    version: person.version,
    pauses: pauses.length,
  };
  people.set(person.id, held);
  return held;
}

/** Of all gates only those on the event itself can tell two events of one person apart. */
function passes({ ofEvent }: Opened, { properties }: Event): boolean {
  return ofEvent.every(({ gate, side }) => matches(gate.where, properties) === (side === 'when'));
}

/** Puts on the agenda what only was glanced at so far, as the looks that were spared would have. */
export function putOnAgenda(account: Account, now: Instant): void {
  if (account.held === undefined) return;
  const held = stillFresh(account.held, now);
  account.held = undefined;
  if (held.length === 0) return;
  const openings: Record<string, readonly Opening[]> = { ...account.agenda.openings };
  const verdicts: Record<string, string> = { ...account.agenda.verdicts };
  for (const { opened, event, personId, names } of held) {
    const { name } = opened.trigger;
    put(openings, name, withOpening(own(openings, name) ?? [], openingOf(event)));
    put(verdicts, `${name}/${event.id}`, `hold:${names.join(',')}:${personId}`);
  }
  account.agenda = { ...account.agenda, openings, verdicts };
}
