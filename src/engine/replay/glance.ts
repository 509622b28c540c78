import type { Opening } from '../account.ts';
import type { Event, PersonId } from '../event.ts';
import type { HoldSet } from '../hold-set.ts';
import { judge } from '../judge.ts';
import { matches } from '../match.ts';
import { MOST_OPENINGS, openingOf, withOpening } from '../openings.ts';
import { own, put } from '../record.ts';
import { situate } from '../situation.ts';
import type { Instant } from '../time.ts';
import { firstChange } from '../wake.ts';
import type { Opened } from './effects.ts';
import { kindOfPerson } from './plain-person.ts';
import { type HoldCount, holdCounts } from './tally.ts';
import { sleepUntil, watch } from './unsettle.ts';
import type { Account, Person, World } from './world.ts';

/** Which gates hold, and until when that cannot change by time alone. */
type Held = {
  readonly holds: HoldSet;
  readonly until: Instant;
  readonly counts: readonly HoldCount[];
  /** Of the person, and of what is paused, when it was found. */
  readonly version: number;
  readonly pauses: number;
  /** Whom it would ask; and of a champion, before whom they came. */
  readonly chosen: PersonId | undefined;
  readonly before?: PersonId;
};

/** By the places of the triggers, and whether the event itself passes: what held an event of each kind of person. */
export type Glances = (Map<string, Held> | undefined)[];

/** An event that opened a trigger, and was held by these gates. */
export type HeldOpening = {
  readonly opened: Opened;
  readonly event: Event;
  readonly holds: HoldSet;
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
  watch(person, account);
  for (const [i, opened] of opens.entries()) {
    const held = found[i];
    if (held !== undefined) note(world, account, opened, held, event);
  }
  return true;
}

/** What nothing holds deserves a look, and what only lacks readiness as well. */
function isPlain({ holds: { names } }: Held): boolean {
  return names.length > 1 || (names.length === 1 && names[0] !== 'readiness');
}

function note(world: World, account: Account, opened: Opened, held: Held, event: Event): void {
  const { tally, now } = world;
  const { champions = [] } = account;
  if (opened.trigger.who === 'champion') {
    const chosen = held.chosen === undefined ? undefined : world.people.get(held.chosen);
    if (!champions.includes(chosen)) account.champions = [...champions, chosen];
  }
  const waiting = (account.held ??= []);
  // Those that are gone would only take memory.
  while (waiting[0] !== undefined && isGone(waiting[0], now)) waiting.shift();
  waiting.push({ opened, event, holds: held.holds });
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

const isGone = ({ opened, event }: HeldOpening, now: Instant) =>
  event.occurredAt + opened.trigger.fresh <= now;

/** Of each trigger the latest that are young enough. */
function stillFresh(waiting: readonly HeldOpening[], now: Instant): HeldOpening[] {
  const kept = new Map<Opened, number>();
  return waiting
    .toReversed()
    .filter((one) => {
      const before = kept.get(one.opened) ?? 0;
      kept.set(one.opened, before + 1);
      return before < MOST_OPENINGS && !isGone(one, now);
    })
    .reverse();
}

function heldBy(world: World, account: Account, opened: Opened, person: Person, event: Event): Held {
  const glances = (account.glances ??= []);
  const place = 2 * opened.place + (passes(opened, event) ? 1 : 0);
  const people = (glances[place] ??= new Map());
  const kind = opened.looksAtTraits ? person.id : kindOfPerson(world, account, person);
  const known = people.get(kind);
  const isSame = known !== undefined && (kind !== person.id || known.version === person.version);
  if (
    isSame &&
    known.pauses === world.pauses.length &&
    known.until > world.now &&
    opened.trigger.who === 'actor'
  )
    return known;
  const held = findHeld(world, account, opened, person, openingOf(event));
  people.set(kind, held);
  return held;
}

/**
 * Whether triggers that ask a champion say what they said before, though somebody comes before the champion of the
 * last look: whom they would ask if nothing held is no news. False when that is not plain to see.
 */
export function isAsBefore(world: World, account: Account, personId: PersonId, champion: Person): boolean {
  const person = world.people.get(personId);
  const { plans, prompted } = world.champions;
  const { openings, verdicts } = account.agenda;
  if (person === undefined || prompted.some((name) => own(openings, name) !== undefined)) return false;
  if (prompted.length > 0 && account.held !== undefined) return false;
  const glances = (account.glances ??= []);
  let wakeAt = account.wakeAt;
  let isChosen = true;
  const isAlike = areAlike(world, account, person, champion);
  for (const opened of plans) {
    if (isAlike && isSaidOfAnybody(opened, own(verdicts, opened.trigger.name))) continue;
    const people = (glances[2 * opened.place] ??= new Map());
    let held = people.get(personId);
    const isSame =
      held?.version === person.version && held.before === champion.id && held.pauses === world.pauses.length;
    if (held === undefined || !isSame || held.until <= world.now) {
      held = { ...findHeld(world, account, opened, person), before: champion.id };
      people.set(personId, held);
    }
    if (own(verdicts, opened.trigger.name) !== held.holds.verdict) return false;
    wakeAt = Math.min(wakeAt, held.until);
    isChosen &&= held.chosen === personId;
  }
  if (wakeAt < account.wakeAt) sleepUntil(world, account, wakeAt);
  watch(person, account);
  if (isChosen) account.champions = (account.champions ?? []).map((one) => (one === champion ? person : one));
  return true;
}

/** Whether the guardrails say the same of two people, also as time passes. */
function areAlike(world: World, account: Account, person: Person, champion: Person): boolean {
  return kindOfPerson(world, account, person) === kindOfPerson(world, account, champion);
}

/** Whether a trigger holds for a reason that is none of the person it would ask: not their traits, nor their hours. */
function isSaidOfAnybody({ looksAtTraits }: Opened, verdict: string | undefined): boolean {
  return !looksAtTraits && verdict !== undefined && verdict.startsWith('hold:') && !OF_HOURS.has(verdict);
}

const OF_HOURS: ReadonlySet<string> = new Set(['no_slot', 'outranked'].map((gate) => `hold:${gate}:`));

function findHeld(
  world: World,
  account: Account,
  { trigger, plan }: Opened,
  person: Person,
  opening?: Opening,
): Held {
  const situation = situate(world.catalog, account, world.now);
  const judged = judge(situation, plan, opening);
  const { choice } = judged.approach;
  return {
    holds: judged.holds,
    until: firstChange(situation, [judged], Number.POSITIVE_INFINITY),
    counts: holdCounts(world.tally, trigger.name, judged.holds.names),
    version: person.version,
    pauses: world.pauses.length,
    chosen: choice.kind === 'chosen' ? choice.person.id : undefined,
  };
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
  for (const { opened, event, holds } of held) {
    const { name } = opened.trigger;
    put(openings, name, withOpening(own(openings, name) ?? [], openingOf(event)));
    put(verdicts, `${name}/${event.id}`, holds.verdict);
  }
  account.agenda = { ...account.agenda, openings, verdicts };
}
