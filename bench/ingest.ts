import { insertBare, makeBareTable } from './bare-insert.ts';
import { sendAll } from './load.ts';
import { median, percentile } from './median.ts';
import type { Place } from './places.ts';
import { type RunningService, startNaiveServer, startService } from './service.ts';
import { createTraffic } from './traffic.ts';
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
  /** To Express, zod and createMany in the same repeat. */
  readonly toNaive: number;
  /** To one insert a request in the same repeat, for requests of one event. */
  readonly toInsert: number;
  readonly serviceCpuUs: number;
  readonly databaseCpuUs: number;
  readonly p50: number;
  readonly p99: number;
};

/** Events a request, the connections that send them, and the shares of events that each measurement takes. */
const SIZES = [
  { size: 1, connections: 64, share: 0.25, naiveShare: 0.05 },
  { size: 20, connections: 32, share: 1, naiveShare: 0.1 },
  { size: 100, connections: 16, share: 1, naiveShare: 0.1 },
  { size: 500, connections: 8, share: 1, naiveShare: 0.2 },
] as const;

type Shape = { readonly size: number; readonly connections: number };

/**
 * Alternates the service and what it is compared with, so that a slow minute of the machine slows them all; medians
 * over repeats.
 */
export async function benchIngest(
  place: Place,
  { events, repeats }: { events: number; repeats: number },
): Promise<IngestResult> {
  const { make, everybody } = createTraffic();
  const [ground, naiveGround] = [await place.fresh(), await place.fresh()];
  const bare = await place.bare();
  const [service, naive] = [
    await startService(ground.environment),
    await startNaiveServer(naiveGround.environment),
  ];
  try {
    await makeBareTable(bare.pool);
    await sendAll(service.url, everybody(), 100, 4);
    await sendAll(service.url, make(events / 2), 100, 4);
    await insertBare(bare.pool, make(events / 4), bare.connections);
    const floors: number[] = [];
    const measured: IngestRow[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const size of SIZES) {
        const floor = (events / (await insertBare(bare.pool, make(events), bare.connections))) * 1000;
        floors.push(floor);
        const mine = await measure(service, ground.database, size, make(events * size.share));
        const others = make(events * size.naiveShare);
        const theirs = await speedOf(naive.url, others, size);
        const single =
          size.size === 1 ? await speedOf(`${naive.url}/insert`, make(others.length), size) : Number.NaN;
        measured.push({
          ...mine,
          ratio: mine.perSecond / floor,
          toNaive: mine.perSecond / theirs,
          toInsert: mine.perSecond / single,
        });
      }
    }
    return {
      bare: median(floors),
      rows: SIZES.map(({ size }) => summarise(size, measured)),
      memoryMb: memoryOf(service.pid),
    };
  } finally {
    await service.stop();
    await naive.stop();
    await bare.close();
    await ground.remove();
    await naiveGround.remove();
  }
}

type Events = Parameters<typeof sendAll>[1];

async function speedOf(url: string, events: Events, { size, connections }: Shape): Promise<number> {
  const load = await sendAll(url, events, size, connections);
  return (load.events / load.ms) * 1000;
}

/** Sends events and says what each cost. */
export async function measure(
  service: RunningService,
  database: string | undefined,
  { size, connections }: Shape,
  events: Events,
) {
  const before = { service: cpuOf(service.pid), database: cpuOfPostgres(database) };
  const load = await sendAll(service.url, events, size, connections);
  return {
    size,
    perSecond: (load.events / load.ms) * 1000,
    serviceCpuUs: ((cpuOf(service.pid) - before.service) / load.events) * 1000,
    databaseCpuUs: ((cpuOfPostgres(database) - before.database) / load.events) * 1000,
    p50: percentile(load.latencies, 0.5),
    p99: percentile(load.latencies, 0.99),
  };
}

function summarise(size: number, measured: readonly IngestRow[]): IngestRow {
  const mine = measured.filter((row) => row.size === size);
  const of = (key: keyof IngestRow) => median(mine.map((row) => row[key]));
  return {
    size,
    perSecond: of('perSecond'),
    ratio: of('ratio'),
    toNaive: of('toNaive'),
    toInsert: of('toInsert'),
    serviceCpuUs: of('serviceCpuUs'),
    databaseCpuUs: of('databaseCpuUs'),
    p50: of('p50'),
    p99: of('p99'),
  };
}
