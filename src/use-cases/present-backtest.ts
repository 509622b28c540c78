import type { ReplayAsk, ReplayReport } from '../engine/replay/report.ts';
import { iso } from '../engine/time.ts';
import type { Backtest } from './backtest.ts';

/** A backtest as JSON: the same on the command line and over HTTP, which says more of it. */
export function presentBacktest({ from, to, events, asks, holds, compared }: Backtest) {
  return {
    from: iso(from),
    to: iso(to),
    events,
    asks: asks.map(presentAsk),
    holds: holds.map(({ trigger, gate, count }) => ({ trigger, gate, count })),
    ...(compared === undefined
      ? {}
      : {
          newly_asked: compared.newlyAsked.map(presentAsk),
          no_longer_asked: compared.noLongerAsked.map(presentAsk),
        }),
  };
}

export function presentAsk({ at, trigger, accountId, personId, channel, readiness, status }: ReplayAsk) {
  return { at: iso(at), trigger, account: accountId, person: personId, channel, readiness, status };
}

/** What a page needs beside the asks: how close others came, and which triggers stopped themselves. */
export function presentBeside({ nearMisses, paused }: ReplayReport) {
  return {
    near_misses: nearMisses.map(({ at, trigger, accountId, personId, readiness, missing }) => {
      return { at: iso(at), trigger, account: accountId, person: personId ?? null, readiness, missing };
    }),
    paused: paused.map(({ trigger, at }) => ({ trigger, at: iso(at) })),
  };
}
