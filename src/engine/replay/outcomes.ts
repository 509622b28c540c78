import type { Hold } from '../account.ts';
import type { JsonObject } from '../event.ts';
import { DAY, type Duration, type Instant } from '../time.ts';
import { deliver } from './life.ts';
import { leave, settleAt, withdraw } from './look.ts';
import { changePerson, touchPerson } from './unsettle.ts';
import { type Ask, accountOf, personOf, type Reported, type World } from './world.ts';

/**
 * Applies what the history says became of an ask. It counts only for asks that the replay makes too. True when it
 * moved the ask: then its event is folded like any other. What the replay says itself, it does not say twice.
 */
export function applyOutcome(world: World, event: Reported, at: Instant): boolean {
  const outcome = outcomeOf(event);
  if (outcome === undefined) return false;
  world.told.set(outcome.askId, at);
  const ask = world.asks.get(outcome.askId);
  if (ask === undefined) return false;
  noteTold(world, ask);
  switch (event.name) {
    case 'Ask Shown':
      return ensureShown(world, ask, at);
    case 'Ask Sent':
      return ask.channel === 'draft' && ask.status === 'open' && sent(world, ask, at);
    case 'Ask Accepted':
      return answered(world, ask, 'accepted', at);
    case 'Ask Declined':
      return answered(world, ask, 'declined', at);
    case 'Ask Closed':
      return ask.channel === 'nudge'
        ? closed(world, ask, at)
        : dismissed(world, ask, outcome.properties['reason'], at);
    case 'Ask Ignored':
      return outcome.properties['by'] === 'cs_manager' && unanswered(world, ask, at);
    case 'Ask Snoozed':
      return snoozed(world, ask, outcome.properties['until'], at);
    default:
      return false;
  }
}

// What was taken to have happened to it before the history told of it may have been something else.
function noteTold(world: World, ask: Ask): void {
  if (!ask.isRecorded && ask.channel !== 'email' && ask.deliveredAt !== undefined)
    world.missed.asks.add(ask.id);
  ask.isRecorded = true;
}

// An impression that was made counts even if the card was taken back meanwhile: the person has seen it.
function ensureShown(world: World, ask: Ask, at: Instant): boolean {
  if (ask.channel !== 'nudge' || ask.deliveredAt !== undefined) return false;
  if (ask.status !== 'open' && ask.status !== 'withdrawn' && ask.status !== 'expired') return false;
  deliver(world, ask, at);
  return true;
}

function sent(world: World, ask: Ask, at: Instant): boolean {
  ask.expiresAt = at + ask.plan.expiresAfter;
  deliver(world, ask, at);
  return true;
}

function endsAt(world: World, ask: Ask, at: Instant): void {
  touchPerson(world, ask);
  ask.expiresAt = at;
  settleAt(world, ask, at);
}

function answered(world: World, ask: Ask, status: 'accepted' | 'declined', at: Instant): boolean {
  ensureShown(world, ask, at);
  if (ask.status !== 'delivered' && ask.status !== 'open') return false;
  leave(world, ask, at);
  ask.status = status;
  ask.settledAt = at;
  return true;
}

// Said by its owner. That nobody answered in time the replay sees itself.
function unanswered(world: World, ask: Ask, at: Instant): boolean {
  if (ask.status !== 'delivered') return false;
  leave(world, ask, at);
  ask.status = 'ignored';
  ask.settledAt = at;
  return true;
}

function closed(world: World, ask: Ask, at: Instant): boolean {
  ensureShown(world, ask, at);
  if (ask.status === 'delivered') ask.closedAt = at;
  return unanswered(world, ask, at);
}

function dismissed(world: World, ask: Ask, reason: unknown, at: Instant): boolean {
  if (ask.status !== 'open') return false;
  withdraw(world, ask.id, at);
  if (reason === 'already_asked') ask.deliveredAt = at;
  else if (reason === 'asked_instead') return true;
  else if (reason === 'bad_time') holdAccount(world, ask, at + 30 * DAY);
  else if (reason === 'wrong_person') holdPerson(world, ask, at + 180 * DAY);
  else holdAccount(world, ask, at + 14 * DAY);
  return true;
}

function holdAccount(world: World, ask: Ask, until: Instant): void {
  const account = accountOf(world, ask.accountId);
  account.hold = longer(account.hold, until);
  account.glances = undefined;
}

function holdPerson(world: World, ask: Ask, until: Instant): void {
  const person = personOf(world, ask.personId);
  person.hold = longer(person.hold, until);
  changePerson(world, person);
}

function longer(hold: Hold | undefined, until: Instant): Hold {
  return hold !== undefined && hold.until > until
    ? hold
    : { until, reason: 'a draft was dismissed', by: 'the owner' };
}

const A_DAY: Duration = DAY;

function snoozed(world: World, ask: Ask, until: unknown, at: Instant): boolean {
  if (typeof until !== 'number') return false;
  ensureShown(world, ask, at);
  if (ask.channel === 'nudge' && ask.status === 'delivered')
    endsAt(world, ask, until + ask.plan.expiresAfter);
  else if (ask.channel === 'draft' && ask.status === 'open')
    endsAt(world, ask, Math.max(ask.expiresAt ?? 0, until + A_DAY));
  else return false;
  ask.snoozedUntil = until;
  return true;
}

/** Our own word on an ask, in a history. */
export function outcomeOf({
  source,
  name,
  properties,
}: Reported): { readonly askId: string; readonly properties: JsonObject } | undefined {
  if (source !== 'goodturn' || !name.startsWith('Ask ')) return undefined;
  const id = properties['ask_id'];
  return typeof id === 'string' ? { askId: id, properties } : undefined;
}
