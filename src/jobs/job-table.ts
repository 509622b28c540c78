import type { Analytics } from '../delivery/analytics.ts';
import type { Deps } from '../deps.ts';
import { type Duration, MINUTE, SECOND } from '../engine/time.ts';
import { flushOutgoing } from '../use-cases/flush-outgoing.ts';
import { postWebhooks } from '../use-cases/post-webhooks.ts';
import { purgeEvents } from '../use-cases/purge-events.ts';
import { refoldWaiting } from '../use-cases/refold-waiting.ts';
import { refreshCatalog } from '../use-cases/refresh-catalog.ts';
import { tick } from '../use-cases/tick.ts';
import { shortenLog, upkeep, vacuum } from '../use-cases/upkeep.ts';
import { writeToOwners } from '../use-cases/write-to-owners.ts';

export type Job = {
  readonly name: string;
  readonly every: Duration;
  /** `one`: one replica in each slot; `all`: each replica for itself. */
  readonly replicas: 'one' | 'all';
  readonly run: () => Promise<void>;
};

/** What time alone makes happen: name, how often, and the use case. The first is the one that `wake` runs. */
export function jobTable(deps: Deps, analytics: Analytics): readonly Job[] {
  return [
    { name: 'tick', every: deps.config.TICK, replicas: 'one', run: () => tick(deps) },
    { name: 'catalog', every: 3 * SECOND, replicas: 'all', run: () => refreshCatalog(deps) },
    { name: 'owners', every: 5 * MINUTE, replicas: 'one', run: () => writeToOwners(deps) },
    { name: 'webhooks', every: deps.config.TICK, replicas: 'all', run: () => postWebhooks(deps) },
    { name: 'refold', every: MINUTE, replicas: 'one', run: () => refoldWaiting(deps) },
    { name: 'retention', every: 10 * MINUTE, replicas: 'one', run: () => purgeEvents(deps) },
    { name: 'shorten log', every: 5 * SECOND, replicas: 'all', run: () => shortenLog(deps) },
    { name: 'vacuum', every: MINUTE, replicas: 'all', run: () => vacuum(deps) },
    { name: 'upkeep', every: 5 * MINUTE, replicas: 'one', run: () => upkeep(deps) },
    {
      name: 'analytics',
      every: deps.config.TICK,
      replicas: 'one',
      run: () => flushOutgoing(deps, analytics),
    },
  ];
}
