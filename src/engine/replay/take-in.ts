import type { Event, PersonId } from '../event.ts';
import { fold } from '../fold.ts';
import { changesScore } from '../nps.ts';
import { keepOpenings, open } from '../openings.ts';
import { own } from '../record.ts';
import { emptyState } from '../state.ts';
import { isAheadOf } from '../who.ts';
import type { Arrival } from './arrive.ts';
import { foldAndTell } from './effects.ts';
import { glance, isAsBefore, putOnAgenda } from './glance.ts';
import { unsettle } from './unsettle.ts';
import type { Account, Person, World } from './world.ts';

/**
 * Folds what came to an account, in order. True when the account has to be looked at; false when nothing that any
 * trigger looks at has changed, and each trigger that the events opened plainly holds. Both lead to the same asks.
 */
export function takeIn(world: World, arrival: Arrival, events: readonly Event[]): boolean {
  const { account, isMoved, isChanged, lost } = arrival;
  // Where events changed hands, an answer is news by what was known before the step.
  const news = isMoved ? events.map((event) => changesScore(account.state, event)) : undefined;
  let isNew = isMoved || world.isCareful || isDueForLook(world, account);
  // Whoever was chosen is watched, and whoever comes before them is noticed; only where nobody was, all are looked at.
  if (isChanged && account.champions?.includes(undefined)) isNew = true;
  const opening: { readonly event: Event; readonly changedNps: boolean }[] = [];
  for (const [i, event] of events.entries()) {
    const changedNps = news?.[i] ?? changesScore(account.state, event);
    if (foldOne(world, account, event) || event.imported) isNew = true;
    opening.push({ event, changedNps });
  }
  if (lost.size > 0) foldAnew(world, account, lost);
  const isLive = isMoved || events.some(({ imported }) => imported !== true);
  if (isMoved) account.glances = undefined;
  if (!isNew && isLive) return !takeQuietly(world, account, opening);
  if (!isLive) unsettle(world, account);
  putOnAgenda(account, world.now);
  openAll(world, account, opening);
  return isLive;
}

/** Whether the next event of the account gets a look, whatever it is: so when it is about to wake up anyway. */
export function isDueForLook({ now }: Pick<World, 'now'>, { isStale, agenda, wakeAt }: Account): boolean {
  return isStale || agenda.dormant === true || wakeAt <= now + 1;
}

type Opening = { readonly event: Event; readonly changedNps: boolean };

function openAll(world: World, account: Account, events: readonly Opening[]): void {
  for (const { event, changedNps } of events) {
    account.agenda = open(account.agenda, event, world.catalog, { changedNps });
  }
}

/** True when a glance at each event was enough. */
function takeQuietly(world: World, account: Account, events: readonly Opening[]): boolean {
  for (const [i, { event }] of events.entries()) {
    const { opens } = world.effectsOf(event.name);
    if (opens.length === 0 || glance(world, account, event, opens)) continue;
    putOnAgenda(account, world.now);
    openAll(world, account, events.slice(i));
    return false;
  }
  return true;
}

/** Folds an event; true when it may have changed an answer. */
export function foldOne(world: World, account: Account, event: Event): boolean {
  const { state, champions } = account;
  account.log?.push(event);
  const { personId } = event;
  const watched = personId === undefined || event.source === 'goodturn' ? undefined : champions;
  // Where nobody was found, only somebody new can be a champion.
  const isNew =
    watched?.includes(undefined) && personId !== undefined && own(state.people, personId) === undefined;
  if (foldAndTell(state, event, world.effectsOf(event.name), world.index, world.now) || isNew) {
    account.glances = undefined;
    return true;
  }
  if (watched === undefined || personId === undefined) return false;
  for (const champion of watched) {
    if (champion !== undefined && displaces(world, account, champion, personId)) return true;
  }
  return false;
}

/** Whether somebody may have come before the champion of the last look, and would be told something else. */
function displaces(world: World, account: Account, champion: Person, personId: PersonId): boolean {
  if (champion.id === personId || !isAheadOf(account.state, personId, champion.id)) return false;
  return !isAsBefore(world, account, personId, champion);
}

/** The account without the events that went to another. */
function foldAnew(world: World, account: Account, lost: ReadonlySet<string>): void {
  if (account.log === undefined) return;
  account.log = account.log.filter(({ id }) => !lost.has(id));
  const doneBy = new Map<string, PersonId | undefined>();
  account.state = emptyState();
  account.glances = undefined;
  for (const event of account.log) {
    fold(account.state, event, world.index);
    doneBy.set(event.id, event.personId);
  }
  putOnAgenda(account, world.now);
  account.agenda = keepOpenings(account.agenda, doneBy);
}
