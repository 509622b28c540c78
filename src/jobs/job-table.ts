import { MINUTE } from '../engine/time.ts';
import type { Duration } from '../engine/time.ts';
import { upkeep } from '../use-cases/upkeep.ts';
import type { Analytics } from '../delivery/analytics.ts';
import type { Deps } from '../deps.ts';
import { flushOutgoing, refoldWaiting, tick } from '../use-cases/tick.ts';

export type Job = {
  readonly name: string;
  readonly every: Duration;
  readonly run: () => Promise<void>;
};

/** What time alone makes happen: name, how often, and the use case. */
export function jobTable(deps: Deps, analytics: Analytics): readonly Job[] {
  return [
    { name: 'tick', every: deps.config.TICK, run: () => tick(deps) },
    { name: 'analytics', every: deps.config.TICK, run: () => flushOutgoing(deps, analytics) },
    { name: 'refold', every: MINUTE, run: () => refoldWaiting(deps) },
    { name: 'upkeep', every: 5 * MINUTE, run: () => upkeep(deps) },
  ];
}
