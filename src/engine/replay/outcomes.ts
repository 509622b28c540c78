import type { Hold } from '../account.ts';
import { DAY, type Duration, type Instant } from '../time.ts';
import { deliver } from './life.ts';
import { leave, touchPerson, withdraw } from './look.ts';
import { type Ask, accountOf, outcomeOf, personOf, RANK, type Reported, type World } from './world.ts';

/**
 * Applies what the history says became of an ask. It counts only for asks that the replay makes too. True when it
 * moved the ask: then its event is folded like any other. What the replay says itself, it does not say twice.
 */
export function applyOutcome(world: World, event: Reported, at: Instant): boolean {
  const outcome = outcomeOf(event);
  const ask = outcome && world.asks.get(outcome.askId);
  if (outcome === undefined || ask === undefined) return false;
  ask.isRecorded = true;
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
    case 'Ask Snoozed':
      return snoozed(world, ask, outcome.properties['until'], at);
    default:
      return false;
  }
}

// An impression that was made counts even if the card was taken back meanwhile: the person has seen it.
function ensureShown(world: World, ask: Ask, at: Instant): boolean {
  if (ask.channel !== 'nudge' || ask.deliveredAt !== undefined) return false;
  if (ask.status !== 'open' && ask.status !== 'withdrawn' && ask.status !== 'expired') return false;
  deliver(world, ask, at);
  return true;
}

function sent(world: World, ask: Ask, at: Instant): boolean {
  deliver(world, ask, at);
  endsAt(world, ask, at + ask.plan.expiresAfter);
  return true;
}

function endsAt(world: World, ask: Ask, at: Instant): void {
  touchPerson(world, ask);
  ask.expiresAt = at;
  world.tasks.put(at, RANK.settle, { kind: 'settle', ask });
}

function answered(world: World, ask: Ask, status: 'accepted' | 'declined', at: Instant): boolean {
  const shown = ensureShown(world, ask, at);
  if (ask.status !== 'delivered' && ask.status !== 'open') return shown;
  leave(world, ask, at);
  ask.status = status;
  ask.settledAt = at;
  return true;
}

function closed(world: World, ask: Ask, at: Instant): boolean {
  const shown = ensureShown(world, ask, at);
  if (ask.status !== 'delivered') return shown;
  leave(world, ask, at);
  ask.status = 'ignored';
  ask.settledAt = at;
  ask.closedAt = at;
  return true;
}

function dismissed(world: World, ask: Ask, reason: unknown, at: Instant): boolean {
  if (ask.status !== 'open') return false;
  withdraw(world, ask.id, 'dismissed', at);
  if (reason === 'already_asked') ask.deliveredAt = at;
  else if (reason === 'bad_time') holdAccount(world, ask, at + 30 * DAY);
  else if (reason === 'wrong_person') holdPerson(world, ask, at + 180 * DAY);
  else holdAccount(world, ask, at + 14 * DAY);
  return true;
}

function holdAccount(world: World, ask: Ask, until: Instant): void {
  const account = accountOf(world, ask.accountId);
  account.hold = longer(account.hold, until);
}

function holdPerson(world: World, ask: Ask, until: Instant): void {
  const person = personOf(world, ask.personId);
  person.hold = longer(person.hold, until);
  person.version += 1;
}

function longer(hold: Hold | undefined, until: Instant): Hold {
  return hold !== undefined && hold.until > until
    ? hold
    : { until, reason: 'a draft was dismissed', by: 'the owner' };
}

const A_DAY: Duration = DAY;

function snoozed(world: World, ask: Ask, until: unknown, at: Instant): boolean {
  if (typeof until !== 'number') return false;
  const shown = ensureShown(world, ask, at);
  if (ask.channel === 'nudge' && ask.status === 'delivered')
    endsAt(world, ask, until + ask.plan.expiresAfter);
  else if (ask.channel === 'draft' && ask.status === 'open')
    endsAt(world, ask, Math.max(ask.expiresAt ?? 0, until + A_DAY));
  else return shown;
  ask.snoozedUntil = until;
  return true;
}
