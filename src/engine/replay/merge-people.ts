import type { Membership } from '../binding.ts';
import { compareEvents } from '../event.ts';
import { learnTraitsOf } from './known-people.ts';
import { renameInAgenda, renamePerson } from './rename-person.ts';
import { changePerson } from './unsettle.ts';
import { accountOf, type Person, type World } from './world.ts';

/**
 * A pending person turned out to be somebody: all that is theirs is given to that one, in every account that knows
 * them by name. Returns their memberships, which may bind events of the other anew.
 */
export function mergePeople(world: World, pending: Person, person: Person): readonly Membership[] {
  learnTraitsOf(person, pending);
  person.watchedBy = [...new Set([...person.watchedBy, ...pending.watchedBy])];
  changePerson(world, person);
  // Accounts are about to remember both as one.
  pending.rememberedBy = undefined;
  person.rememberedBy = undefined;
  for (const ask of pending.asks) ask.personId = person.id;
  person.asks = [...person.asks, ...pending.asks];
  if (pending.hold !== undefined && pending.hold.until > (person.hold?.until ?? 0))
    person.hold = pending.hold;
  if (pending.loose)
    person.loose = [...(person.loose ?? []), ...pending.loose].sort((a, b) =>
      compareEvents(a.event, b.event),
    );
  for (const id of pending.knownIn ?? []) {
    const account = accountOf(world, id);
    renamePerson(account.state, pending.id, person.id);
    account.agenda = renameInAgenda(account.agenda, pending.id, person.id);
    account.log = account.log?.map((event) =>
      event.personId === pending.id ? { ...event, personId: person.id } : event,
    );
  }
  // What may have to move with the one has to be kept of the other as well.
  const { keep, missed } = world;
  if (pending.bound !== undefined && keep.people.has(person.id) && !keep.people.has(pending.id))
    missed.people.add(pending.id);
  for (const [account, { from, to }] of pending.bound ?? []) {
    person.bound ??= new Map();
    const span = person.bound.get(account);
    person.bound.set(account, { from: Math.min(from, span?.from ?? from), to: Math.max(to, span?.to ?? to) });
  }
  joinLeftOut(world, pending, person);
  world.people.delete(pending.id);
  return pending.memberships;
}

/** Of memberships that were left out it can only be said where they lie: two people's may interleave. */
function joinLeftOut(world: World, pending: Person, person: Person): void {
  const accounts = new Set([...pending.memberships, ...person.memberships].map(({ accountId }) => accountId));
  const leftOut = pending.leftOut ?? person.leftOut;
  if (leftOut === undefined) return;
  if (accounts.size > 1) {
    world.missed.people.add(pending.id);
    world.missed.people.add(person.id);
  }
  const other = person.leftOut ?? leftOut;
  person.leftOut = { from: Math.min(leftOut.from, other.from), to: Math.max(leftOut.to, other.to) };
}
