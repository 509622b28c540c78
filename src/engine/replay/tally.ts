import type { Evaluation } from '../decision.ts';
import type { AccountId } from '../event.ts';
import type { Verdict } from '../next-agenda.ts';
import type { Instant } from '../time.ts';
import type { Ask } from './world.ts';

/** What a replay reports, as it goes along; only what lies between `from` and `to`, both included. */
export type Tally = {
  readonly from: Instant;
  readonly to: Instant;
  events: number;
  firstAt?: Instant;
  lastAt?: Instant;
  readonly asks: Ask[];
  /** Per trigger and gate: stored decisions to hold in which the gate held, and accounts that nothing else held. */
  readonly holds: Map<string, Map<string, HoldCount>>;
  readonly nearMisses: Map<string, NearMiss>;
  /** Triggers that made too many asks and paused themselves. */
  readonly paused: { readonly trigger: string; readonly at: Instant }[];
};

export type HoldCount = { count: number; readonly alone: Set<AccountId> };

/** An account for which only readiness was missing, by how little at best. */
export type NearMiss = {
  readonly at: Instant;
  readonly trigger: string;
  readonly accountId: AccountId;
  readonly personId?: string;
  readonly readiness: number;
  readonly missing: number;
};

export function createTally(from: Instant, to: Instant): Tally {
  return { from, to, events: 0, asks: [], holds: new Map(), nearMisses: new Map(), paused: [] };
}

const isReported = ({ from, to }: Tally, at: Instant) => at >= from && at <= to;

export function tallyEvent(tally: Tally, at: Instant): void {
  if (!isReported(tally, at)) return;
  tally.events += 1;
  if (tally.firstAt === undefined || at < tally.firstAt) tally.firstAt = at;
  if (tally.lastAt === undefined || at > tally.lastAt) tally.lastAt = at;
}

export function tallyAsk(tally: Tally, ask: Ask): void {
  if (isReported(tally, ask.decidedAt)) tally.asks.push(ask);
}

/** Counts the decisions that are stored: those whose verdict or reasons changed. */
export function tallyDecisions(tally: Tally, evaluation: Evaluation): void {
  if (!isReported(tally, evaluation.at)) return;
  for (const verdict of evaluation.verdicts) {
    const { trigger, due, holds } = verdict.judged;
    if (due !== undefined) continue;
    if (verdict.changed) tallyHold(tally, trigger.name, holds.names, evaluation.accountId);
    if (holds.names.length === 1 && holds.names[0] === 'readiness') noteNearMiss(tally, evaluation, verdict);
  }
}

function tallyHold(tally: Tally, trigger: string, holding: readonly string[], accountId: AccountId): void {
  const counts = holdCounts(tally, trigger, holding);
  for (const count of counts) count.count += 1;
  if (counts.length === 1) counts[0]?.alone.add(accountId);
}

/** The counters of some gates of a trigger. */
export function holdCounts(tally: Tally, trigger: string, gates: readonly string[]): readonly HoldCount[] {
  let ofTrigger = tally.holds.get(trigger);
  if (ofTrigger === undefined) {
    ofTrigger = new Map();
    tally.holds.set(trigger, ofTrigger);
  }
  const counts: HoldCount[] = [];
  for (const gate of gates) {
    let ofGate = ofTrigger.get(gate);
    if (ofGate === undefined) {
      ofGate = { count: 0, alone: new Set() };
      ofTrigger.set(gate, ofGate);
    }
    counts.push(ofGate);
  }
  return counts;
}

/** Readiness that was missing this much or less is a near miss. */
const NEAR = 10;

function noteNearMiss(
  tally: Tally,
  { at, accountId, readiness: { value } }: Evaluation,
  { judged }: Verdict,
): void {
  const { name, when } = judged.trigger;
  const wanted = when.flatMap((gate) => (gate.kind === 'readiness' ? (gate.atLeast ?? []) : []));
  const missing = Math.max(...wanted) - value;
  if (!(missing > 0 && missing <= NEAR)) return;
  const key = `${name}/${accountId}`;
  const personId = judged.approach.found?.person.id;
  const known = tally.nearMisses.get(key);
  if (known !== undefined && known.missing <= missing) return;
  tally.nearMisses.set(key, {
    at,
    trigger: name,
    accountId,
    ...(personId === undefined ? undefined : { personId }),
    readiness: value,
    missing,
  });
}
