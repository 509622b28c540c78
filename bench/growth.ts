import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../src/db/open.ts';
import { measure } from './ingest.ts';
import { sendAll } from './load.ts';
import { median } from './median.ts';
import type { Ground, Place } from './places.ts';
import { type RunningService, startService } from './service.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { memoryOf } from './usage.ts';

/** What an event costs of CPU time, in µs of the service and the database together, and the memory of the service. */
export type GrowthRow = {
  readonly accounts: number;
  readonly stored: number;
  readonly cpuUs: number;
  readonly memoryMb: number;
};

const SHAPE = { size: 100, connections: 16 };

/** The same traffic with ever more events stored, and from ever more accounts. `triggers`: so many in the catalog. */
export async function benchGrowth(
  place: Place,
  {
    stored,
    accounts,
    events,
    triggers,
  }: { stored: readonly number[]; accounts: readonly number[]; events: number; triggers?: number },
): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  const catalog = triggers === undefined ? undefined : writeTriggers(triggers);
  for (const count of accounts) {
    const ground = withCatalog(await place.fresh(), catalog);
    const traffic = createTraffic(count, 3);
    let service = await startService(ground.environment);
    try {
      await sendAll(service.url, traffic.everybody(), 100, 4);
      // Only the smallest number of accounts is taken through all sizes: one at a time.
      for (const size of count === accounts[0] ? stored : stored.slice(0, 1)) {
        if (size > events) service = await fill(service, ground, size);
        rows.push({ accounts: count, stored: size, ...(await cost(service, ground, traffic, events)) });
      }
    } finally {
      await service.stop();
      await ground.remove();
    }
  }
  if (catalog !== undefined) rmSync(catalog, { recursive: true, force: true });
  return rows;
}

const withCatalog = (ground: Ground, folder: string | undefined): Ground =>
  folder === undefined ? ground : { ...ground, environment: { ...ground.environment, TRIGGERS_DIR: folder } };

/** The shipped definitions, and the asks among them again and again under other names. */
function writeTriggers(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-bench-triggers-'));
  cpSync('triggers', folder, { recursive: true });
  const asks = ['milestone-nudge', 'promoter-email', 'high-readiness-draft', 'seat-expansion-draft'];
  const shipped = 8;
  for (let n = 0; n < count - shipped; n += 1) {
    const name = asks[n % asks.length] ?? '';
    cpSync(join('triggers', `${name}.yaml`), join(folder, `${name}-${n}.yaml`));
  }
  return folder;
}

async function cost(service: RunningService, { database }: Ground, { make }: Traffic, events: number) {
  await sendAll(service.url, make(events / 2), SHAPE.size, SHAPE.connections);
  const costs: number[] = [];
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const { serviceCpuUs, databaseCpuUs } = await measure(service, database, SHAPE, make(events));
    costs.push(serviceCpuUs + databaseCpuUs);
  }
  return { cpuUs: median(costs), memoryMb: memoryOf(service.pid) };
}

const FILL = `
  insert into event_id (hash) select gen_random_uuid() from generate_series(1, $1::int);
  insert into event (account_id, occurred_at, id, person_id, reported_person, own_account_id, source, name, received_at,
                     batch, properties)
  select 'account-' || i % 100, now() - interval '1 year' + i * interval '1 second', 'old:' || gen_random_uuid(),
         'user-' || i % 100 || '-' || i % 3, 'user-' || i % 100 || '-' || i % 3, 'account-' || i % 100, 'segment',
         'Report Opened', now() - interval '1 year', 0, '{"plan":"team","section":"reporting","items":12}'
  from generate_series(1, $1::int) as i;
  analyze event; analyze event_id`;

/** Puts events of long ago beside the others, while the service is away: a folder serves one process. */
async function fill(service: RunningService, { environment }: Ground, size: number): Promise<RunningService> {
  await service.stop();
  const db = await openDb({ DATA_DIR: '', ...environment });
  await db.pool.query(FILL.replaceAll('$1', String(size)));
  await db.close();
  return startService(environment);
}
