import { REMOVAL } from '../binding.ts';
import type { Event } from '../event.ts';
import { changesScore } from '../nps.ts';
import { open } from '../openings.ts';
import { claimsOf } from './arrive.ts';
import { glance, putOnAgenda } from './glance.ts';
import { learnTraits, noteBound, saysTheSame, widen } from './known-people.ts';
import { passUntil } from './life.ts';
import { look } from './look.ts';
import { passIdly } from './pass-idly.ts';
import { foldOne, isDueForLook } from './take-in.ts';
import { tallyEvent } from './tally.ts';
import type { Account, Person, Reported, World } from './world.ts';

/**
 * The shortest way for the commonest step: one event by somebody known, in the account they are known to be in. False
 * when it is anything else; then nothing was done.
 */
export function stepQuickly(world: World, reported: Reported, at: number): boolean {
  const { userId, source, trust, occurredAt } = reported;
  if (world.isCareful || userId === undefined || source === 'goodturn' || trust === 'public') return false;
  if (reported.name === REMOVAL || reported.ties !== undefined || reported.imported) return false;
  const person = world.people.get(userId);
  if (person === undefined || !isTied(world, person, reported) || world.keep.people.has(userId)) return false;
  const isUpdate = reported.name === 'Person Updated';
  if (isUpdate && !saysTheSame(person, reported)) return false;
  if ((isUpdate || reported.email !== undefined) && !isClaimed(world, reported)) return false;
  const account = accountOf(world, person, reported);
  if (account === undefined) return false;
  passUntil(world, at);
  if (at > world.now) world.now = at;
  if (isDueForLook(world, account)) return false;
  tallyEvent(world.tally, occurredAt);
  if (reported.ownAccountId === undefined) noteBound(person, account.id, occurredAt);
  else widen(person, occurredAt);
  if (isUpdate) learnTraits(person, reported);
  if (!passIdly(world, account, person, reported))
    takeOne(world, account, eventOf(reported, person, account));
  return true;
}

// Written out: spreading costs as much as all the rest of this.
function eventOf(reported: Reported, person: Person, account: Account): Event {
  const { id, source, name, occurredAt, receivedAt, properties } = reported;
  const accountId = account.id;
  return { id, source, name, occurredAt, receivedAt, accountId, personId: person.id, properties };
}

/** Whether the anonymous id of the event, if any, is known to be this person's. */
function isTied({ ties }: World, person: Person, { anonymousId, occurredAt }: Reported): boolean {
  if (anonymousId === undefined) return true;
  if (person.alias?.id === anonymousId && person.alias.at < occurredAt) return true;
  const tie = ties.get(`anon:${anonymousId}`);
  if (tie?.personId !== person.id || tie.stamp.occurredAt >= occurredAt) return false;
  person.alias = { id: anonymousId, at: tie.stamp.occurredAt };
  return true;
}

/** Whether each alias that the event says is its user was claimed before. */
function isClaimed({ ties }: World, reported: Reported): boolean {
  return claimsOf(reported).every((alias) => {
    const tie = ties.get(alias);
    return tie !== undefined && tie.stamp.occurredAt < reported.occurredAt;
  });
}

/** The account, where the event says nothing new about who is where. */
function accountOf(
  { accounts }: World,
  person: Person,
  { ownAccountId, occurredAt }: Reported,
): Account | undefined {
  if (person.homeBy !== person.bindings) goHome(accounts, person);
  const { home, homeFrom } = person;
  if (home === undefined || homeFrom >= occurredAt) return undefined;
  return ownAccountId === undefined || ownAccountId === home.id ? home : undefined;
}

function goHome(accounts: World['accounts'], person: Person): void {
  const last = person.bindings[person.bindings.length - 1];
  const current = last?.active[last.active.length - 1];
  person.home = current === undefined ? undefined : accounts.get(current);
  person.homeFrom = last?.at ?? Number.POSITIVE_INFINITY;
  person.homeBy = person.home && person.bindings;
}

function isQuiet(world: World, account: Account, event: Event): boolean {
  const { opens } = world.effectsOf(event.name);
  return opens.length === 0 || glance(world, account, event, opens);
}

function takeOne(world: World, account: Account, event: Event): void {
  const changedNps = changesScore(account.state, event);
  if (!foldOne(world, account, event) && isQuiet(world, account, event)) return;
  putOnAgenda(account, world.now);
  account.agenda = open(account.agenda, event, world.catalog, { changedNps });
  look(world, [account], world.now);
}
