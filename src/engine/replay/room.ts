import type { Rate } from '../catalog.ts';
import type { Instant } from '../time.ts';
import { type Ask, type OwnersRoom, RANK, type World } from './world.ts';

/** Starts an ask that is due and for which there is room. */
export type Begin = (world: World, ask: Ask, at: Instant) => void;

/** An ask that is due waits for room: emails for the rate of the workspace, drafts for that of their owner. */
export function waitForRoom(world: World, ask: Ask, at: Instant): void {
  const owner = ask.channel === 'draft' ? (ask.ownerEmail ?? '') : undefined;
  if (owner === undefined) world.room.waitingEmails.push(ask);
  else ownersRoom(world, owner).waiting.push(ask);
  world.tasks.put(at, RANK.room, { kind: 'room', owner });
}

export function ownersRoom({ room }: World, owner: string): OwnersRoom {
  const known = room.owners.get(owner);
  if (known !== undefined) return known;
  const fresh: OwnersRoom = { opened: [], open: 0, waiting: [] };
  room.owners.set(owner, fresh);
  return fresh;
}

/** Starts the most important emails that wait, as many as the rate allows, and comes back when there is room again. */
export function drainEmails(world: World, at: Instant, begin: Begin): void {
  const { room, catalog } = world;
  const rate = catalog.guardrails.workspace.emails;
  const waiting = stillWaiting(room.waitingEmails).sort(
    (a, b) => b.plan.priority - a.plan.priority || inOrder(a, b),
  );
  room.emails = room.emails.filter((sent) => sent > at - rate.within);
  while (waiting.length > 0 && room.emails.length < rate.count) {
    const [first] = waiting.splice(0, 1);
    if (first !== undefined) begin(world, first, at);
  }
  room.waitingEmails = waiting;
  comeBack(world, undefined, waiting, rate, room.emails);
}

/** The same for the drafts of one owner, the readiest account first. */
export function drainDrafts(world: World, owner: string, at: Instant, begin: Begin): void {
  const { drafts, open } = world.catalog.guardrails.perOwner;
  const room = ownersRoom(world, owner);
  const waiting = stillWaiting(room.waiting).sort((a, b) => b.readiness - a.readiness || inOrder(a, b));
  room.opened = room.opened.filter((opened) => opened > at - drafts.within);
  while (waiting.length > 0 && room.opened.length < drafts.count && room.open < open) {
    const [first] = waiting.splice(0, 1);
    if (first !== undefined) begin(world, first, at);
  }
  room.waiting = waiting;
  comeBack(world, owner, waiting, drafts, room.opened);
}

/** Stops a trigger that has made more asks than `pause_above` allows, for good: nobody is there to resume it. */
export function breakRunaway(world: World, ask: Ask, at: Instant): void {
  if (ask.kind !== 'ask') return;
  const { count, within } = world.catalog.guardrails.pauseAbove.asks;
  const made = (world.room.made.get(ask.trigger) ?? []).filter((then) => then > at - within);
  made.push(ask.decidedAt);
  world.room.made.set(ask.trigger, made);
  if (made.length <= count || world.pauses.some(({ trigger }) => trigger === ask.trigger)) return;
  world.pauses.push({ trigger: ask.trigger, until: Number.POSITIVE_INFINITY });
  world.tally.paused.push({ trigger: ask.trigger, at });
}

const stillWaiting = (asks: readonly Ask[]) => asks.filter(({ status }) => status === 'scheduled');

const inOrder = (a: Ask, b: Ask) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1);

function comeBack(
  world: World,
  owner: string | undefined,
  waiting: readonly Ask[],
  rate: Rate,
  used: readonly Instant[],
): void {
  const leaves = used[used.length - rate.count];
  if (waiting.length === 0 || leaves === undefined) return;
  world.tasks.put(leaves + rate.within, RANK.room, { kind: 'room', owner });
}
