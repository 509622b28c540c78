import type { AccountView } from '../account.ts';
import { decide } from '../decide.ts';
import type { Evaluation, PlannedAsk } from '../decision.ts';
import type { PersonId } from '../event.ts';
import { DAY, type Duration, type Instant } from '../time.ts';
import { announce } from './announce.ts';
import { askIdOf } from './ask-id.ts';
import { putOnAgenda } from './glance.ts';
import { breakRunaway } from './room.ts';
import { tallyAsk, tallyDecisions } from './tally.ts';
import { type Account, type Ask, personOf, RANK, type World } from './world.ts';

/**
 * Decides about accounts as live use does, all by what is known before any of them acts, and carries out what was
 * decided: asks and their events, withdrawals, the next wake-up.
 */
export function look(world: World, accounts: readonly Account[], at: Instant): void {
  const evaluated = accounts.map((account) => {
    forgetOldAsks(account, at);
    putOnAgenda(account, at);
    account.glances = undefined;
    account.isStale = false;
    return {
      account,
      evaluation: decide(world.catalog, viewOf(account), at, { wakesForLapses: world.isCareful }),
    };
  });
  for (const { account, evaluation } of evaluated) carryOut(world, account, evaluation, at);
}

// An account is laid out as a view is, so nothing has to be copied.
const viewOf = (account: Account): AccountView => account;

function carryOut(world: World, account: Account, evaluation: Evaluation, at: Instant): void {
  const made = evaluation.asks.flatMap((plan) => makeAsk(world, account, plan) ?? []);
  for (const { askId, reason } of evaluation.withdrawals) withdraw(world, askId, reason, at);
  tallyDecisions(world.tally, world.catalog, evaluation);
  account.agenda = evaluation.agenda;
  if (world.hasChampions) account.champions = championsOf(world, evaluation);
  const scheduled = made.filter(({ status }) => status === 'scheduled');
  for (const ask of scheduled) announce(world, account, ask, 'Ask Scheduled', at);
  sleepUntil(world, account, account.agenda === evaluation.agenda ? evaluation.wakeAt : at);
  for (const ask of scheduled) {
    breakRunaway(world, ask, at);
    world.tasks.put(ask.dueAt, RANK.due, { kind: 'due', ask });
    if (ask.plan.latestAt !== undefined)
      world.tasks.put(ask.plan.latestAt, RANK.settle, { kind: 'settle', ask });
    if (ask.channel === 'nudge' && ask.dueAt <= at) openNudge(world, ask, at);
  }
}

function championsOf({ catalogIndex }: World, { decisions }: Evaluation): readonly (PersonId | undefined)[] {
  const asked = decisions.filter(
    ({ trigger, holds }) => holds[0] !== 'on' && catalogIndex.triggers.get(trigger)?.who === 'champion',
  );
  return [...new Set(asked.map(({ personId }) => personId))];
}

/** Queues the account to be looked at; a wake-up that is queued already and comes no later does as well. */
export function sleepUntil(world: World, account: Account, wakeAt: Instant = Number.POSITIVE_INFINITY): void {
  account.wakeAt = wakeAt;
  if (wakeAt >= account.queuedAt) return;
  account.queuedAt = wakeAt;
  world.tasks.put(wakeAt, RANK.wake, { kind: 'wake', account });
}

/** The ask, unless its trigger has asked in this cycle before. */
function makeAsk(world: World, account: Account, plan: PlannedAsk): Ask | undefined {
  const { accountId, trigger, cycle, channel, kind, personId, status, decidedAt, dueAt, again, readiness } =
    plan;
  account.asked ??= new Set();
  if (account.asked.has(`${trigger}/${cycle}`)) return undefined;
  account.asked.add(`${trigger}/${cycle}`);
  const ask: Ask = {
    id: askIdOf(channel, accountId, trigger, cycle),
    accountId,
    personId,
    trigger,
    kind,
    channel,
    cycle,
    status,
    decidedAt,
    dueAt,
    again,
    readiness: readiness.value,
    ...(plan.ownerEmail === undefined ? undefined : { ownerEmail: plan.ownerEmail }),
    ...(plan.opening && { opening: plan.opening }),
    plan,
    isRecorded: false,
  };
  addAsk(world, account, ask);
  return ask;
}

export function addAsk(world: World, account: Account, ask: Ask): void {
  world.asks.set(ask.id, ask);
  account.asks = [...account.asks, ask];
  const person = personOf(world, ask.personId);
  person.asks = [...person.asks.filter((one) => !isOver(one, ask.decidedAt)), ask];
  person.version += 1;
  tallyAsk(world.tally, ask);
}

/** A card that is due at once is on offer at once. Whether it is seen is settled when time has passed. */
export function openNudge(world: World, ask: Ask, at: Instant): void {
  touchPerson(world, ask);
  ask.status = 'open';
  ask.openedAt = at;
  ask.expiresAt = at + ask.plan.expiresAfter;
  world.tasks.put(ask.expiresAt, RANK.settle, { kind: 'settle', ask });
  world.tasks.put(at, RANK.due, { kind: 'show', ask });
}

export function withdraw(world: World, askId: string, _reason: string, at: Instant): void {
  const ask = world.asks.get(askId);
  if (ask?.status !== 'scheduled' && ask?.status !== 'open') return;
  leave(world, ask, at);
  ask.status = 'withdrawn';
  ask.settledAt = at;
}

/** A draft that is no longer open makes room with its owner. */
export function leave(world: World, ask: Ask, at: Instant): void {
  touchPerson(world, ask);
  if (ask.status !== 'open' || ask.channel !== 'draft' || ask.kind !== 'ask') return;
  const owner = world.room.owners.get(ask.ownerEmail ?? '');
  if (owner === undefined) return;
  owner.open -= 1;
  if (owner.waiting.length > 0) world.tasks.put(at, RANK.room, { kind: 'room', owner: ask.ownerEmail ?? '' });
}

/** Whatever happens to an ask may concern every account that its person is in. */
export function touchPerson(world: World, ask: Ask): void {
  personOf(world, ask.personId).version += 1;
  const account = world.accounts.get(ask.accountId);
  if (account !== undefined) account.glances = undefined;
}

// As the ledger of live use: an ask leaves it this long after it ended, later where `again` is longer.
const LEDGER: Duration = 400 * DAY;

function forgetOldAsks(account: Account, at: Instant): void {
  if (!account.asks.some((ask) => isOver(ask, at))) return;
  account.asks = account.asks.filter((ask) => !isOver(ask, at));
}

export function isOver(ask: Ask, at: Instant): boolean {
  if (
    ask.status === 'scheduled' ||
    ask.status === 'open' ||
    ask.status === 'sending' ||
    ask.again === 'never'
  )
    return false;
  const ended = ask.settledAt ?? ask.deliveredAt ?? ask.decidedAt;
  return ended <= at - Math.max(ask.again ?? 0, LEDGER);
}
