import { type Bindings, bind, compressMemberships, type Membership, mayRebind } from '../binding.ts';
import type { Scalar } from '../catalog.ts';
import { type AccountId, compareEvents, type Json, type Stamp } from '../event.ts';
import { own, put } from '../record.ts';
import type { AccountState, PersonMemory } from '../state.ts';
import { DAY, type Duration, type Instant } from '../time.ts';
import type { Person, Reported, Span, World } from './world.ts';

/** An event without a group belongs to a membership that begins up to this long after it. */
export const LOOK_AHEAD: Duration = 90 * DAY;
const MOST_TRAITS = 200;
const LONGEST_TRAIT = 1000;

/** Takes the traits of a `Person Updated`: of each the last word counts. True when any value changed. */
export function learnTraits(person: Person, { occurredAt, id, properties }: Reported): boolean {
  person.stamps ??= new Map();
  let changed = false;
  for (const [name, value] of Object.entries(properties)) {
    if (isTrait(value) && learnTrait(person, name, value, { occurredAt, id })) changed = true;
  }
  return changed;
}

/** Whether a `Person Updated` says of each trait only what was known, and is the last to say it. */
export function saysTheSame({ traits, stamps }: Person, { occurredAt, properties }: Reported): boolean {
  for (const name in properties) {
    const value = properties[name];
    if (value === undefined || !isTrait(value)) continue;
    const stamp = stamps?.get(name);
    if (stamp === undefined || stamp.occurredAt >= occurredAt || own(traits, name) !== value) return false;
  }
  return true;
}

/** Takes over the traits of somebody who turned out to be this person. */
export function learnTraitsOf(person: Person, { traits, stamps }: Person): void {
  for (const [name, stamp] of stamps ?? []) {
    const value = traits[name];
    if (value !== undefined) learnTrait(person, name, value, stamp);
  }
}

function learnTrait(person: Person, name: string, value: Scalar, stamp: Stamp): boolean {
  const stamps = (person.stamps ??= new Map());
  const known = stamps.get(name);
  if (known !== undefined && compareEvents(known, stamp) > 0) return false;
  stamps.set(name, stamp);
  const before = person.traits[name];
  put(person.traits, name, value);
  if (stamps.size > MOST_TRAITS) forgetOldest(person, stamps);
  return before !== value;
}

function forgetOldest(person: Person, stamps: Map<string, Stamp>): void {
  const [oldest] = [...stamps].reduce((a, b) => (b[1].occurredAt < a[1].occurredAt ? b : a));
  stamps.delete(oldest);
  delete person.traits[oldest];
}

function isTrait(value: Json): value is Scalar {
  if (typeof value === 'string') return value.length <= LONGEST_TRAIT;
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * Whether a membership says nothing new, which is so for nearly all. It is left out then, unless the replay was told
 * to keep all of this person's. An end always does: of a start that comes late it may be the end.
 */
export function saysNothingNew(person: Person, membership: Membership): boolean {
  if (membership.ends || mayRebind(person.bindings, membership)) return false;
  widen(person, membership.occurredAt);
  return true;
}

/** One more membership that says nothing new, at `at`. */
export function widen(person: Person, at: Instant): void {
  if (person.leftOut === undefined) person.leftOut = { from: at, to: at };
  else widenSpan(person.leftOut, at);
}

function widenSpan(span: Span, at: Instant): void {
  if (at < span.from) span.from = at;
  if (at > span.to) span.to = at;
}

/** The person's bindings with memberships that say something new. */
export function withMemberships(world: World, person: Person, news: readonly Membership[]): Bindings {
  const { leftOut } = person;
  person.memberships = [...person.memberships, ...news].sort(compareEvents);
  // One that comes before others which were left out could make those count.
  if (leftOut !== undefined && news.some(({ occurredAt }) => occurredAt <= leftOut.to)) {
    const accounts = new Set(person.memberships.map(({ accountId }) => accountId));
    const isPlain = accounts.size === 1 && person.memberships.every(({ ends }) => !ends);
    if (!isPlain) world.missed.people.add(person.id);
  }
  return compressMemberships(person.memberships);
}

/** An event that a membership brought to an account: a later word on memberships may take it away again. */
export function noteBound(person: Person, accountId: AccountId, at: Instant): void {
  person.bound ??= new Map();
  const span = person.bound.get(accountId);
  if (span === undefined) person.bound.set(accountId, { from: at, to: at });
  else widenSpan(span, at);
}

/** Notes which events were bound otherwise before and were not kept, so that another run can move them. */
export function noteUnmovable(world: World, person: Person, bindings: Bindings): void {
  for (const [accountId, span] of person.bound ?? []) {
    if (staysBound(bindings, accountId, span)) continue;
    world.missed.people.add(person.id);
    if (!world.keep.accounts.has(accountId)) world.missed.accounts.add(accountId);
  }
}

function staysBound(bindings: Bindings, accountId: AccountId, { from, to }: Span): boolean {
  const turns = bindings.map(({ at }) => at).filter((at) => at > from && at <= to);
  return [from, ...turns, to].every((at) => bind(bindings, at) === accountId);
}

/** What an account remembers of a person: the object that folding writes into. */
export function memoryOf(state: AccountState, person: Person): PersonMemory | undefined {
  if (person.rememberedBy === state) return person.memory;
  const memory = own(state.people, person.id);
  if (memory === undefined) return undefined;
  person.rememberedBy = state;
  person.memory = memory;
  return memory;
}

/** Lets go of a person's events whose look-ahead is over: nothing that happens from now on can bind them. */
export function forgetLoose(person: Person, now: Instant): void {
  const left = person.loose?.filter(({ event }) => event.occurredAt + LOOK_AHEAD >= now);
  person.loose = left === undefined || left.length === 0 ? undefined : left;
}
