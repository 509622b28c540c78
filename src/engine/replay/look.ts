import type { AccountView } from '../account.ts';
import { decide } from '../decide.ts';
import type { Evaluation, PlannedAsk } from '../decision.ts';
import type { PersonId } from '../event.ts';
import { DAY, type Duration, type Instant } from '../time.ts';
import { isAheadOf } from '../who.ts';
import { announce } from './announce.ts';
import { askIdOf } from './ask-id.ts';
import { putOnAgenda } from './glance.ts';
import { breakRunaway, putRoom } from './room.ts';
import { tallyAsk, tallyDecisions } from './tally.ts';
import { changePerson, sleepUntil, touchPerson, wake, watch } from './unsettle.ts';
import { RANK } from './work.ts';
import { type Account, type Ask, type Person, personOf, type World } from './world.ts';

/**
 * Decides about accounts as live use does, all by what is known before any of them acts, and carries out what was
 * decided: asks and their events, withdrawals, the next wake-up.
 */
export function look(world: World, accounts: readonly Account[], at: Instant): void {
  const evaluated = accounts.map((account) => {
    forgetOldAsks(account, at);
    putOnAgenda(account, at);
    account.isStale = false;
    return {
      account,
      evaluation: decide(world.catalog, viewOf(account), at, { wakesForLapses: world.isCareful }),
    };
  });
  // First all go back to sleep: what one of them does may wake another.
  for (const { account, evaluation } of evaluated) {
    account.agenda = evaluation.agenda;
    sleepUntil(world, account, evaluation.wakeAt);
  }
  for (const { account, evaluation } of evaluated) carryOut(world, account, evaluation, at);
}

// An account is laid out as a view is, so nothing has to be copied.
const viewOf = (account: Account): AccountView => account;

function carryOut(world: World, account: Account, evaluation: Evaluation, at: Instant): void {
  const made = evaluation.asks.flatMap((plan) => makeAsk(world, account, plan) ?? []);
  for (const { askId } of evaluation.withdrawals) withdraw(world, askId, at);
  tallyDecisions(world.tally, evaluation);
  for (const { judged } of evaluation.verdicts) {
    const id = judged.approach.found?.person.id;
    if (id !== undefined) watch(personOf(world, id), account);
  }
  if (world.champions.plans.length + world.champions.prompted.length > 0) {
    account.champions = championsOf(world, evaluation);
    for (const champion of account.champions) watchThoseAhead(world, account, champion?.id);
  }
  const scheduled = made.filter(({ status }) => status === 'scheduled');
  for (const ask of scheduled) announce(world, account, ask, 'Ask Scheduled', at);
  if (account.agenda !== evaluation.agenda) wake(world, account, at);
  for (const ask of scheduled) {
    breakRunaway(world, ask, at);
    if (ask.channel === 'nudge') openNudge(world, ask, at);
    else putDue(world, ask);
  }
}

/** Has an ask sent when it is due, and missed where that comes too late. */
export function putDue({ tasks }: World, ask: Ask): void {
  tasks.put(ask.dueAt, RANK.due, ask.id, { kind: 'due', ask });
  const { latestAt } = ask.plan;
  if (latestAt !== undefined) tasks.put(latestAt, RANK.miss, ask.id, { kind: 'settle', ask });
}

/** Who comes before the champion was passed over for want of an address, or because nothing may go to them. */
function watchThoseAhead({ people }: World, account: Account, champion: PersonId | undefined): void {
  for (const id in account.state.people) {
    if (champion !== undefined && !isAheadOf(account.state, id, champion)) continue;
    const person = people.get(id);
    if (person !== undefined) watch(person, account);
  }
}

function championsOf({ people }: World, { verdicts }: Evaluation): readonly (Person | undefined)[] {
  const chosen: (Person | undefined)[] = [];
  for (const { judged } of verdicts) {
    if (judged.trigger.who !== 'champion') continue;
    const id = judged.approach.found?.person.id;
    const person = id === undefined ? undefined : people.get(id);
    if (!chosen.includes(person)) chosen.push(person);
  }
  return chosen;
}

/** The ask, unless its trigger has asked in this cycle before. */
function makeAsk(world: World, account: Account, plan: PlannedAsk): Ask | undefined {
  const { accountId, trigger, cycle, channel, kind, personId, status, decidedAt, dueAt, again, readiness } =
    plan;
  account.asked ??= new Set();
  if (account.asked.has(`${trigger}/${cycle}`)) return undefined;
  account.asked.add(`${trigger}/${cycle}`);
  const id = askIdOf(channel, accountId, trigger, cycle);
  const ask: Ask = {
    id,
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
    isRecorded: isTold(world, id),
  };
  addAsk(world, account, ask);
  return ask;
}

/** Whether the history tells of this ask, now or later. What it told of an ask it made before is no longer news. */
export function isTold({ keep, told, now }: World, id: string): boolean {
  return (keep.asks.get(id) ?? told.get(id) ?? Number.NEGATIVE_INFINITY) >= now;
}

export function addAsk(world: World, account: Account, ask: Ask): void {
  world.asks.set(ask.id, ask);
  account.asks = [...account.asks, ask];
  account.glances = undefined;
  const person = personOf(world, ask.personId);
  person.asks = [...person.asks.filter((one) => !isOver(one, ask.decidedAt)), ask];
  if (ask.status === 'scheduled') touchPerson(world, ask);
  else changePerson(world, person, account);
  tallyAsk(world.tally, ask);
}

/** Has an ask that was delivered, or is open, settled at an instant, if it is still so then. */
export function settleAt(world: World, ask: Ask, at: Instant): void {
  const rank = ask.status === 'delivered' ? RANK.ignore : RANK.expire;
  world.tasks.put(at, rank, ask.id, { kind: 'settle', ask });
}

/** A card belongs to the moment: it is on offer at once. Whether it is seen is settled when time has passed. */
export function openNudge(world: World, ask: Ask, at: Instant): void {
  touchPerson(world, ask);
  ask.status = 'open';
  ask.openedAt = at;
  ask.expiresAt = at + ask.plan.expiresAfter;
  settleAt(world, ask, ask.expiresAt);
  world.tasks.put(at, RANK.due, ask.id, { kind: 'show', ask });
}

export function withdraw(world: World, askId: string, at: Instant): void {
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
  if (owner.waiting.length > 0) putRoom(world, at, ask.ownerEmail ?? '');
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
