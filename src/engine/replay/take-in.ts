import type { Event, PersonId } from '../event.ts';
import { fold } from '../fold.ts';
import { changesScore, NPS_ANSWERED } from '../nps.ts';
import { keepOpenings, open } from '../openings.ts';
import { own } from '../record.ts';
import { type AccountState, emptyState } from '../state.ts';
import { isAheadOf } from '../who.ts';
import type { Arrival } from './arrive.ts';
import { foldAndTell } from './effects.ts';
import { glance, putOnAgenda } from './glance.ts';
import type { Account, World } from './world.ts';

/**
 * Folds what came to an account, in order. True when the account has to be looked at; false when nothing that any
 * trigger looks at has changed, and each trigger that the events opened plainly holds. Both lead to the same asks.
 */
export function takeIn(world: World, arrival: Arrival, events: readonly Event[]): boolean {
  const { account, isMoved, isChanged, lost } = arrival;
  // Where events changed hands, an answer is news by what was known before the step.
  const news = isMoved ? events.map((event) => changesScore(account.state, event)) : undefined;
  let isNew = isMoved || isChanged || account.isStale || world.isCareful;
  const opening: { readonly event: Event; readonly changedNps: boolean }[] = [];
  for (const [i, event] of events.entries()) {
    const changedNps = news?.[i] ?? (event.name !== NPS_ANSWERED || changesScore(account.state, event));
    if (foldOne(world, account, event)) isNew = true;
    if (event.imported) account.isStale = true;
    opening.push({ event, changedNps });
  }
  if (lost.size > 0) foldAnew(world, account, lost);
  const isLive = isMoved || events.some(({ imported }) => imported !== true);
  if (!isNew && isLive) return !takeQuietly(world, account, opening);
  putOnAgenda(account, world.now);
  openAll(world, account, opening);
  if (isNew) account.isStale = true;
  return isLive;
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
  const effects = world.effectsOf(event.name);
  if (
    !world.hasChampions ||
    champions === undefined ||
    event.personId === undefined ||
    event.source === 'goodturn'
  ) {
    return foldAndTell(state, event, effects, world.index, world.now);
  }
  const behind = champions.filter((champion) => isBehind(state, champion, event.personId));
  if (foldAndTell(state, event, effects, world.index, world.now)) return true;
  return behind.some(
    (champion) => champion === undefined || isAheadOf(state, event.personId ?? '', champion),
  );
}

/** Whether this person could come before that champion by doing something. Where nobody was found, only somebody new. */
function isBehind(
  state: AccountState,
  champion: PersonId | undefined,
  personId: PersonId | undefined,
): boolean {
  if (personId === undefined || champion === personId) return false;
  return champion === undefined
    ? own(state.people, personId) === undefined
    : !isAheadOf(state, personId, champion);
}

/** The account without the events that went to another. */
function foldAnew(world: World, account: Account, lost: ReadonlySet<string>): void {
  if (account.log === undefined) return;
  account.log = account.log.filter(({ id }) => !lost.has(id));
  const doneBy = new Map<string, PersonId | undefined>();
  account.state = emptyState();
  for (const event of account.log) {
    fold(account.state, event, world.index);
    doneBy.set(event.id, event.personId);
  }
  putOnAgenda(account, world.now);
  account.agenda = keepOpenings(account.agenda, doneBy);
}
