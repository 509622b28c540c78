import type { Rate } from '../catalog.ts';
import type { Instant } from '../time.ts';
import { type ComesBefore, forgetUsed, type Line, lineUp, newLine, nextOf, type OwnersLine } from './line.ts';
import { RANK } from './work.ts';
import type { Ask, World } from './world.ts';

/** Starts an ask that is due and for which there is room. */
export type Begin = (world: World, ask: Ask, at: Instant) => void;

/** An ask that is due waits for room: emails for the rate of the workspace, drafts for that of their owner. */
export function waitForRoom(world: World, ask: Ask, at: Instant): void {
  const owner = ask.channel === 'draft' ? (ask.ownerEmail ?? '') : undefined;
  if (owner === undefined) lineUp(world.room.emails.waiting, ask, emailComesBefore);
  else lineUp(ownersLine(world, owner).waiting, ask, draftComesBefore);
  putRoom(world, at, owner);
}

export function ownersLine({ room }: World, owner: string): OwnersLine {
  const known = room.owners.get(owner);
  if (known !== undefined) return known;
  const fresh: OwnersLine = { ...newLine(), open: 0 };
  room.owners.set(owner, fresh);
  return fresh;
}

/** Starts the most important emails that wait, as many as the rate allows, and comes back when there is room again. */
export function drainEmails(world: World, at: Instant, begin: Begin): void {
  const rate = world.catalog.guardrails.workspace.emails;
  const line = world.room.emails;
  forgetUsed(line, at - rate.within);
  for (let ask = nextOf(line); ask !== undefined && line.used.length < rate.count; ask = nextOf(line)) {
    line.waiting.pop();
    begin(world, ask, at);
  }
  comeBack(world, undefined, line, rate);
}

/** The same for the drafts of one owner, the readiest account first. */
export function drainDrafts(world: World, owner: string, at: Instant, begin: Begin): void {
  const { drafts, open } = world.catalog.guardrails.perOwner;
  const line = ownersLine(world, owner);
  const hasRoom = () => line.used.length < drafts.count && line.open < open;
  forgetUsed(line, at - drafts.within);
  for (let ask = nextOf(line); ask !== undefined && hasRoom(); ask = nextOf(line)) {
    line.waiting.pop();
    begin(world, ask, at);
  }
  comeBack(world, owner, line, drafts);
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

const emailComesBefore: ComesBefore = (a, b) =>
  a.plan.priority === b.plan.priority ? isDueBefore(a, b) : a.plan.priority > b.plan.priority;

const draftComesBefore: ComesBefore = (a, b) =>
  a.readiness === b.readiness ? isDueBefore(a, b) : a.readiness > b.readiness;

const isDueBefore: ComesBefore = (a, b) => (a.dueAt === b.dueAt ? a.id < b.id : a.dueAt < b.dueAt);

function comeBack(world: World, owner: string | undefined, line: Line, rate: Rate): void {
  const leaves = line.used[line.used.length - rate.count];
  if (nextOf(line) === undefined || leaves === undefined || leaves + rate.within === line.backAt) return;
  line.backAt = leaves + rate.within;
  putRoom(world, line.backAt, owner);
}

/** Has what waits for room looked at: the drafts of an owner, else the emails. */
export function putRoom(world: World, at: Instant, owner: string | undefined): void {
  world.tasks.put(at, owner === undefined ? RANK.emails : RANK.drafts, owner ?? '', { kind: 'room', owner });
}
