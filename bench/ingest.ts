import { insertBare, makeBareTable } from './bare-insert.ts';
import { sendAll } from './load.ts';
import { median, percentile } from './median.ts';
import type { Place } from './places.ts';
import { type RunningService, startService } from './service.ts';
import { anEvent, everybody } from './traffic.ts';
import { cpuOf, cpuOfPostgres, memoryOf } from './usage.ts';

export type IngestResult = {
  /** Rows per second of the bare insert. */
  readonly bare: number;
  readonly rows: readonly IngestRow[];
  readonly memoryMb: number;
};

export type IngestRow = {
  readonly size: number;
  readonly perSecond: number;
  /** To the bare insert of the same repeat. */
  readonly ratio: number;
  readonly serviceCpuUs: number;
  readonly databaseCpuUs: number;
  readonly p50: number;
  readonly p99: number;
};

/** Events a request, the connections that send them, and events a measurement. */
const SIZES = [
  { size: 1, connections: 64, share: 0.25 },
  { size: 20, connections: 32, share: 1 },
  { size: 100, connections: 16, share: 1 },
  { size: 500, connections: 8, share: 1 },
] as const;

/** Alternates the service and the bare insert, so that a slow minute of the machine slows both; medians over repeats. */
export async function benchIngest(
  place: Place,
  { events, repeats }: { events: number; repeats: number },
): Promise<IngestResult> {
  const ground = await place.fresh();
  const bare = await place.bare();
  const service = await startService(ground.environment);
  try {
    await makeBareTable(bare.pool);
    await sendAll(service.url, everybody(), 100, 4);
    await insertBare(bare.pool, make(events / 4), bare.connections);
    const floors: number[] = [];
    const measured: Measured[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const { size, connections, share } of SIZES) {
        const rows = make(events);
        const floor = (rows.length / (await insertBare(bare.pool, rows, bare.connections))) * 1000;
        floors.push(floor);
        measured.push(
          await measure(service, place, { size, connections, floor, count: Math.round(events * share) }),
        );
      }
    }
    return {
      bare: median(floors),
      rows: SIZES.map(({ size }) => summarise(size, measured)),
      memoryMb: memoryOf(service.pid),
    };
  } finally {
    await service.stop();
    await bare.close();
    await ground.remove();
  }
}

const make = (count: number) => Array.from({ length: Math.round(count) }, anEvent);

type Measured = Awaited<ReturnType<typeof measure>>;

async function measure(
  service: RunningService,
  place: Place,
  { size, connections, floor, count }: { size: number; connections: number; floor: number; count: number },
) {
  const cpu = () => ({
    service: cpuOf(service.pid),
    database: place.name === 'postgres' ? cpuOfPostgres() : 0,
  });
  const events = make(count);
  const before = cpu();
  const load = await sendAll(service.url, events, size, connections);
  const after = cpu();
  const perSecond = (load.events / load.ms) * 1000;
  return {
    size,
    perSecond,
    ratio: perSecond / floor,
    serviceCpuUs: ((after.service - before.service) / load.events) * 1000,
    databaseCpuUs: ((after.database - before.database) / load.events) * 1000,
    p50: percentile(load.latencies, 0.5),
    p99: percentile(load.latencies, 0.99),
  };
}

function summarise(size: number, measured: readonly Measured[]): IngestRow {
  const mine = measured.filter((row) => row.size === size);
  const of = (key: keyof IngestRow) => median(mine.map((row) => row[key]));
  return {
    size,
    perSecond: of('perSecond'),
    ratio: of('ratio'),
    serviceCpuUs: of('serviceCpuUs'),
    databaseCpuUs: of('databaseCpuUs'),
    p50: of('p50'),
    p99: of('p99'),
  };
}
