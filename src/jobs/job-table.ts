import type { Analytics } from '../delivery/analytics.ts';
import type { Deps } from '../deps.ts';
import { type Duration, MINUTE, SECOND } from '../engine/time.ts';
import type { CatalogStore } from '../use-cases/catalog-store.ts';
import { refreshCatalog } from '../use-cases/refresh-catalog.ts';
import { flushOutgoing, refoldWaiting, tick } from '../use-cases/tick.ts';
import { upkeep } from '../use-cases/upkeep.ts';

export type Job = {
  readonly name: string;
  readonly every: Duration;
  /** `one`: one replica in each slot; `all`: each replica for itself. */
  readonly replicas: 'one' | 'all';
  readonly run: () => Promise<void>;
};

/** What time alone makes happen: name, how often, and the use case. The first is the one that `wake` runs. */
export function jobTable(deps: Deps, catalogs: CatalogStore, analytics: Analytics): readonly Job[] {
  return [
    { name: 'tick', every: deps.config.TICK, replicas: 'one', run: () => tick(deps) },
    { name: 'catalog', every: 3 * SECOND, replicas: 'all', run: () => refreshCatalog(deps, catalogs) },
    { name: 'refold', every: MINUTE, replicas: 'one', run: () => refoldWaiting(deps) },
    { name: 'upkeep', every: 5 * MINUTE, replicas: 'one', run: () => upkeep(deps) },
    {
      name: 'analytics',
      every: deps.config.TICK,
      replicas: 'one',
      run: () => flushOutgoing(deps, analytics),
    },
  ];
}
