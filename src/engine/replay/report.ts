import type { AskStatus } from '../account.ts';
import type { Channel } from '../catalog.ts';
import type { AccountId, PersonId } from '../event.ts';
import type { Instant } from '../time.ts';
import type { NearMiss } from './tally.ts';
import type { World } from './world.ts';

/** What a catalog would have done over a history. */
export type ReplayReport = {
  /** The bounds asked for, else the first and the last event. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly events: number;
  readonly accounts: number;
  /** By (at, trigger, account). */
  readonly asks: readonly ReplayAsk[];
  /** Decisions to hold that would have been stored, by trigger and gate, the most frequent first. */
  readonly holds: readonly ReplayHold[];
  /** The closest first. */
  readonly nearMisses: readonly NearMiss[];
  readonly paused: readonly { readonly trigger: string; readonly at: Instant }[];
};

export type ReplayAsk = {
  readonly at: Instant;
  readonly trigger: string;
  readonly kind: 'ask' | 'thanks';
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly channel: Channel;
  readonly readiness: number;
  readonly status: AskStatus;
};

export type ReplayHold = {
  readonly trigger: string;
  readonly gate: string;
  readonly count: number;
  /** Accounts that nothing but this gate held at some time. */
  readonly alone: number;
};

export function reportOf({ tally, accounts }: World): ReplayReport {
  const asks = tally.asks.map(
    ({ decidedAt: at, trigger, kind, accountId, personId, channel, readiness, status }) => {
      return { at, trigger, kind, accountId, personId, channel, readiness, status };
    },
  );
  const holds = [...tally.holds].flatMap(([trigger, gates]) =>
    [...gates].flatMap(([gate, { count, alone }]) =>
      count === 0 ? [] : [{ trigger, gate, count, alone: alone.size }],
    ),
  );
  return {
    from: Number.isFinite(tally.from) ? tally.from : tally.firstAt,
    to: Number.isFinite(tally.to) ? tally.to : tally.lastAt,
    events: tally.events,
    accounts: accounts.size,
    asks: asks.sort(
      (a, b) => a.at - b.at || compare(a.trigger, b.trigger) || compare(a.accountId, b.accountId),
    ),
    holds: holds.sort(
      (a, b) => compare(a.trigger, b.trigger) || b.count - a.count || compare(a.gate, b.gate),
    ),
    nearMisses: [...tally.nearMisses.values()].sort(
      (a, b) => a.missing - b.missing || compare(a.accountId, b.accountId),
    ),
    paused: tally.paused,
  };
}

/** Asks that somebody would have received: without those of comparison groups and of shadow triggers. */
export const isReal = ({ kind, status }: Pick<ReplayAsk, 'kind' | 'status'>): boolean =>
  kind === 'ask' && status !== 'held_out' && status !== 'shadow';

/** The first ask of each account that one catalog asks and the other does not. */
export function newlyAsked(report: ReplayReport, against: ReplayReport): ReplayAsk[] {
  const known = new Set(against.asks.filter(isReal).map(({ accountId }) => accountId));
  return report.asks.filter((ask) => {
    if (!isReal(ask) || known.has(ask.accountId)) return false;
    known.add(ask.accountId);
    return true;
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
