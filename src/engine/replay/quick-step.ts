import type { Event } from '../event.ts';
import { changesScore, NPS_ANSWERED } from '../nps.ts';
import { open } from '../openings.ts';
import { glance, putOnAgenda } from './glance.ts';
import { noteBound, widen } from './known-people.ts';
import { passUntil } from './life.ts';
import { look } from './look.ts';
import { foldOne } from './take-in.ts';
import { tallyEvent } from './tally.ts';
import type { Account, Person, Reported, World } from './world.ts';

/**
 * The shortest way for the commonest step: one event by somebody known, in the account they are known to be in. False
 * when it is anything else; then nothing was done.
 */
export function stepQuickly(world: World, reported: Reported, at: number): boolean {
  const { userId, source, trust, occurredAt } = reported;
  if (world.isCareful || userId === undefined || source === 'goodturn' || trust === 'public') return false;
  if (reported.name === 'Person Updated' || reported.ties !== undefined || reported.imported) return false;
  const person = world.people.get(userId);
  if (person === undefined || !isTied(world, person, reported) || world.keep.people.has(userId)) return false;
  const account = accountOf(world, person, reported);
  if (account === undefined || account.isStale) return false;
  if (world.tasks.nextAt() < at) passUntil(world, at);
  if (at > world.now) world.now = at;
  tallyEvent(world.tally, occurredAt);
  if (reported.ownAccountId === undefined) noteBound(person, account.id, occurredAt);
  else widen(person, occurredAt);
  const { id, name, receivedAt, properties } = reported;
  takeOne(world, account, {
    id,
    source,
    name,
    occurredAt,
    receivedAt,
    accountId: account.id,
    personId: userId,
    properties,
  });
  return true;
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

/** The account, where the event says nothing new about who is where. */
function accountOf(
  { accounts }: World,
  person: Person,
  { ownAccountId, occurredAt }: Reported,
): Account | undefined {
  const last = person.bindings[person.bindings.length - 1];
  const current = last?.active[last.active.length - 1];
  if (last === undefined || current === undefined || last.at >= occurredAt) return undefined;
  if (ownAccountId !== undefined && ownAccountId !== current) return undefined;
  if (person.home?.id !== current) person.home = accounts.get(current);
  return person.home;
}

function isQuiet(world: World, account: Account, event: Event): boolean {
  const { opens } = world.effectsOf(event.name);
  return opens.length === 0 || glance(world, account, event, opens);
}

function takeOne(world: World, account: Account, event: Event): void {
  const changedNps = event.name !== NPS_ANSWERED || changesScore(account.state, event);
  if (!foldOne(world, account, event) && isQuiet(world, account, event)) return;
  putOnAgenda(account, world.now);
  account.agenda = open(account.agenda, event, world.catalog, { changedNps });
  look(world, [account], world.now);
}
