import { dueOf } from '../due.ts';
import { recheck } from '../recheck.ts';
import { situate } from '../situation.ts';
import type { Instant } from '../time.ts';
import { announce } from './announce.ts';
import { askIdOf } from './ask-id.ts';
import { addAsk, isTold, leave, look, openNudge, putDue, settleAt, withdraw } from './look.ts';
import { drainDrafts, drainEmails, ownersLine, waitForRoom } from './room.ts';
import { sleepUntil, touchPerson } from './unsettle.ts';
import { RANK, type Work } from './work.ts';
import { type Account, type Ask, accountOf, personOf, type World } from './world.ts';

/** Lets time pass: all that is due before `until` happens, in order of time. */
export function passUntil(world: World, until: Instant): void {
  while (world.tasks.nextAt() < until) {
    const task = world.tasks.take();
    if (task === undefined) return;
    world.now = Math.max(world.now, task.at);
    if (task.work.kind === 'wake') wakeAll(world, task.work.account, world.now);
    else run(world, task.work, world.now);
  }
}

/** Accounts that wake at one instant are decided together, by what is known before any of them acts. */
function wakeAll(world: World, first: Account, at: Instant): void {
  const accounts = new Set([first]);
  for (
    let next = world.tasks.peek();
    next?.at === at && next.work.kind === 'wake';
    next = world.tasks.peek()
  ) {
    accounts.add(next.work.account);
    world.tasks.take();
  }
  const due = [...accounts].filter((account) => wakes(world, account, at));
  look(world, due, at);
}

function run(world: World, work: Exclude<Work, { kind: 'wake' }>, at: Instant): void {
  switch (work.kind) {
    case 'settle':
      return settle(world, work.ask, at);
    case 'show':
      return show(world, work.ask, at);
    case 'fall_back':
      return fallBack(world, work.ask, at);
    case 'due':
      return comeDue(world, work.ask, at);
    case 'room':
      return work.owner === undefined
        ? drainEmails(world, at, begin)
        : drainDrafts(world, work.owner, at, begin);
    default:
      return work satisfies never;
  }
}

/** Whether it is time; a wake-up that something has put off meanwhile is queued anew. */
function wakes(world: World, account: Account, at: Instant): boolean {
  if (account.queuedAt <= at) account.queuedAt = Number.POSITIVE_INFINITY;
  if (account.wakeAt > at) sleepUntil(world, account, account.wakeAt);
  return account.wakeAt <= at;
}

/** Unanswered asks are ignored, unseen ones expire, and those that found no hour are missed. */
function settle(world: World, ask: Ask, at: Instant): void {
  const isOver = ask.expiresAt !== undefined && ask.expiresAt <= at;
  if (ask.status === 'delivered' && isOver) {
    end(world, ask, 'ignored', at);
    announceAndLook(world, ask, 'Ask Ignored', at);
  } else if (ask.status === 'scheduled' || (ask.status === 'open' && isOver)) {
    end(world, ask, 'expired', at);
    look(world, [accountOf(world, ask.accountId)], at);
  }
}

function end(world: World, ask: Ask, status: 'ignored' | 'expired', at: Instant): void {
  leave(world, ask, at);
  ask.status = status;
  ask.settledAt = at;
}

/** A card on offer is taken to be seen at once, unless the history tells what became of it. */
function show(world: World, ask: Ask, at: Instant): void {
  if (ask.status !== 'open' || ask.isRecorded) return;
  deliver(world, ask, at);
  announceAndLook(world, ask, 'Ask Shown', at);
}

export function deliver(world: World, ask: Ask, at: Instant): void {
  leave(world, ask, at);
  ask.status = 'delivered';
  ask.deliveredAt = at;
  // A card that is seen after its time stays no longer than others.
  if (ask.expiresAt !== undefined) settleAt(world, ask, Math.max(ask.expiresAt, at));
}

function announceAndLook(world: World, ask: Ask, name: Parameters<typeof announce>[3], at: Instant): void {
  const account = accountOf(world, ask.accountId);
  announce(world, account, ask, name, at);
  look(world, [account], at);
}

function comeDue(world: World, ask: Ask, at: Instant): void {
  if (ask.status !== 'scheduled') return;
  const isFree = ask.channel === 'nudge' || (ask.channel === 'draft' && ask.kind === 'thanks');
  if (isFree) return begin(world, ask, at);
  waitForRoom(world, ask, at);
  putFallBack(world, ask, at);
}

function putFallBack(world: World, ask: Ask, at: Instant): void {
  const { fallback } = ask.plan;
  if (ask.channel !== 'draft' || fallback === undefined) return;
  world.tasks.put(Math.max(at, fallback.at), RANK.fallBack, ask.id, { kind: 'fall_back', ask });
}

/** The second look, and if it still stands the start: as at each delivery of live use. */
function begin(world: World, ask: Ask, at: Instant): void {
  const account = accountOf(world, ask.accountId);
  if (!recheck(world.catalog, account, ask, at).stands) {
    withdraw(world, ask.id, at);
    return look(world, [account], at);
  }
  touchPerson(world, ask);
  if (ask.channel === 'nudge') return openNudge(world, ask, at);
  if (ask.channel === 'draft') return openDraft(world, ask, at);
  world.room.emails.used.push(at);
  send(world, ask, at);
}

/** A draft is taken to be sent by its owner at once, unless the history tells what became of it. */
function openDraft(world: World, ask: Ask, at: Instant): void {
  ask.status = 'open';
  ask.openedAt = at;
  ask.expiresAt = at + ask.plan.expiresAfter;
  if (ask.kind === 'ask') {
    const line = ownersLine(world, ask.ownerEmail ?? '');
    line.used.push(at);
    line.open += 1;
  }
  if (!ask.isRecorded) return send(world, ask, at);
  settleAt(world, ask, ask.expiresAt);
  // One that is an ask has waited for room, and its fallback is in the queue since.
  if (ask.kind === 'thanks') putFallBack(world, ask, at);
}

function send(world: World, ask: Ask, at: Instant): void {
  ask.expiresAt = at + ask.plan.expiresAfter;
  deliver(world, ask, at);
  announceAndLook(world, ask, 'Ask Sent', at);
}

/** Asks through the other channel where a draft's owner has not acted in time, or had no room to be told of it. */
function fallBack(world: World, draft: Ask, at: Instant): void {
  if (draft.status !== 'open' && draft.status !== 'scheduled') return;
  const { snoozedUntil = at } = draft;
  if (snoozedUntil > at) {
    world.tasks.put(snoozedUntil, RANK.fallBack, draft.id, { kind: 'fall_back', ask: draft });
    return;
  }
  const account = accountOf(world, draft.accountId);
  const ask = fallbackOf(world, account, draft, at);
  // Where nothing can go out in its place it stays with its owner while it lasts.
  if (ask === undefined) return;
  withdraw(world, draft.id, at);
  addAsk(world, account, ask);
  putDue(world, ask);
  announceAndLook(world, ask, 'Ask Scheduled', at);
}

function fallbackOf(world: World, account: Account, draft: Ask, at: Instant): Ask | undefined {
  const { fallback, ...plan } = draft.plan;
  const trigger = world.catalogIndex.triggers.get(draft.trigger);
  if (fallback === undefined || trigger === undefined) return undefined;
  const { channel } = fallback;
  const due = dueOf(
    situate(world.catalog, account, at),
    { ...trigger, delay: 0 },
    channel,
    personOf(world, draft.personId),
    draft.opening,
  );
  if (!('dueAt' in due)) return undefined;
  const cycle = `${draft.cycle}#${channel}`;
  const { openedAt: _, expiresAt: __, settledAt: ___, ...rest } = draft;
  const id = askIdOf(channel, draft.accountId, draft.trigger, cycle);
  const times = { decidedAt: at, dueAt: due.dueAt };
  return {
    ...rest,
    ...times,
    id,
    channel,
    cycle,
    status: 'scheduled',
    plan: { ...plan, ...times, channel, cycle },
    isRecorded: isTold(world, id),
  };
}
