import { own } from '../record.ts';
import type { Instant } from '../time.ts';
import { RANK } from './work.ts';
import { type Account, type Ask, accountOf, type Person, personOf, type World } from './world.ts';

/** Queues the account to be looked at; a wake-up that is queued already and comes no later does as well. */
export function sleepUntil(world: World, account: Account, wakeAt: Instant = Number.POSITIVE_INFINITY): void {
  account.wakeAt = wakeAt;
  if (wakeAt >= account.queuedAt) return;
  account.queuedAt = wakeAt;
  world.tasks.put(wakeAt, RANK.wake, account.id, { kind: 'wake', account });
}

/**
 * Something about the account has changed that nobody looks at yet: history came, or one of its people was asked
 * elsewhere. Its next event gets a look, and so does its next event to grow too old, for which live use wakes.
 */
export function unsettle(world: World, account: Account): void {
  account.isStale = true;
  account.glances = undefined;
  if (account.agenda.dormant) return;
  const lapse = firstLapse(world, account);
  if (lapse < account.wakeAt) sleepUntil(world, account, lapse);
}

function firstLapse({ catalog, now }: World, { agenda, held }: Account): Instant {
  let first = Number.POSITIVE_INFINITY;
  const lapse = (occurredAt: Instant, fresh: number) => {
    if (occurredAt + fresh >= now && occurredAt + fresh < first) first = occurredAt + fresh;
  };
  for (const { name, fresh } of catalog.triggers) {
    for (const { occurredAt } of own(agenda.openings, name) ?? []) lapse(occurredAt, fresh);
  }
  for (const { opened, event } of held ?? []) lapse(event.occurredAt, opened.trigger.fresh);
  return first;
}

/** Something about a person has changed that decisions look at. `by`: the account that is being looked at anyway. */
export function changePerson(world: World, person: Person, by?: Account): void {
  person.version += 1;
  for (const account of person.watchedBy) if (account !== by) unsettle(world, account);
}

/**
 * Whatever happens to an ask takes a place of its person or leaves one: their other accounts are looked at again at
 * once, as in live use.
 */
export function touchPerson(world: World, ask: Ask): void {
  const account = accountOf(world, ask.accountId);
  const person = personOf(world, ask.personId);
  changePerson(world, person, account);
  account.glances = undefined;
  for (const { active } of person.bindings) {
    for (const id of active) {
      const other = id === ask.accountId ? undefined : world.accounts.get(id);
      if (other !== undefined) wake(world, other, world.now);
    }
  }
}

/** Has the account looked at by an instant, however long it would have slept. */
export function wake(world: World, account: Account, at: Instant): void {
  if (at < account.wakeAt) sleepUntil(world, account, at);
}

/** The last look at the account was about this person among others. */
export function watch(person: Person, account: Account): void {
  if (!person.watchedBy.includes(account)) person.watchedBy = [...person.watchedBy, account];
}
