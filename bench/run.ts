// How fast the service takes events in, as a ratio to the barest way of storing the same rows in the same run.
// BENCH_QUICK=1: small and rough. BENCH_DB=postgres or pglite: only that one. BENCH_ONLY=ingest, growth, polls or start-up.
// BENCH_TRIGGERS=200: so many of them in the part `growth`. BENCH_PROFILE=folder: CPU profiles. BENCH_NODE_OPTIONS: flags of Node for the service.
import { cpus } from 'node:os';
import { benchGrowth, type GrowthRow } from './growth.ts';
import { benchIngest, type IngestResult } from './ingest.ts';
import { isThere, type Place, pglite, postgres, SERVER } from './places.ts';
import { benchPolls, type PollResult } from './polls.ts';
import { benchStartUp, type StartUp } from './start-up.ts';

const quick = process.env['BENCH_QUICK'] === '1';
const only = process.env['BENCH_DB'];
const part = process.env['BENCH_ONLY'];
const triggers = process.env['BENCH_TRIGGERS'];

async function main(): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}${quick ? ', quick and rough' : ''}`,
  );
  for (const place of [postgres, pglite]) {
    if (only !== undefined && only !== place.name) continue;
    if (place.name === 'postgres' && !(await isThere(SERVER))) {
      console.log(`\npostgres: left out, because ${SERVER.replace(/:[^:@/]*@/, '@')} does not answer`);
      continue;
    }
    await bench(place);
  }
}

async function bench(place: Place): Promise<void> {
  const events = (quick ? 6_000 : 20_000) / (place.name === 'pglite' ? 2 : 1);
  const repeats = quick ? 2 : 5;
  const sizes = quick
    ? { stored: [1_000, 100_000], accounts: [100, 1_000] }
    : { stored: [1_000, 100_000, 1_000_000], accounts: [100, 10_000] };
  if (part === undefined || part === 'ingest')
    printIngest(place.name, await benchIngest(place, { events, repeats }));
  if (part === undefined || part === 'growth')
    printGrowth(
      await benchGrowth(place, {
        ...sizes,
        events: events / 2,
        ...(triggers === undefined ? {} : { triggers: Number(triggers) }),
      }),
    );
  const polls = quick ? 5_000 : 30_000;
  if (part === undefined || part === 'polls')
    printPolls(await benchPolls(place, { polls, repeats: quick ? 2 : 5, busySeconds: quick ? 4 : 15 }));
  if (part === undefined || part === 'start-up') printStartUp(await benchStartUp(place, quick ? 1 : 5));
}

function printIngest(name: string, { bare, rows, memoryMb }: IngestResult): void {
  console.log(
    `\n${name}: /v1/batch, acknowledged and on disk, all features on (bare insert: ${round(bare)} rows/s)`,
  );
  line([
    'events a request',
    'events/s',
    'to bare insert',
    'to Express+zod',
    'to 1 insert/req',
    'CPU µs/event',
    'database µs',
    'p50 ms',
    'p99 ms',
  ]);
  for (const row of rows) {
    line([
      String(row.size),
      round(row.perSecond),
      row.ratio.toFixed(2),
      row.toNaive.toFixed(1),
      Number.isNaN(row.toInsert) ? '' : row.toInsert.toFixed(1),
      round(row.serviceCpuUs),
      name === 'pglite' ? 'in service' : round(row.databaseCpuUs),
      row.p50.toFixed(1),
      row.p99.toFixed(1),
    ]);
  }
  console.log(`memory after it: ${memoryMb} MB`);
}

function printPolls({ perSecond, cpuUs, byCpu, byCpuUnchanged, p50, p99, busy }: PollResult): void {
  console.log(
    `polls with nothing new: ${round(perSecond)} a second, ${round(cpuUs)} µs of CPU each; bare node:http by CPU ${byCpu.toFixed(2)}, answered 304 ${byCpuUnchanged.toFixed(2)}; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
  console.log(
    `  while ${round(busy.eventsPerSecond)} events/s come in: p50 ${busy.p50.toFixed(1)} ms, p99 ${busy.p99.toFixed(1)} ms`,
  );
}

function printGrowth(rows: readonly GrowthRow[]): void {
  line(['accounts', 'events stored', 'CPU µs/event', 'to the first', 'memory MB']);
  const first = rows[0]?.cpuUs ?? Number.NaN;
  for (const { accounts, stored, cpuUs, memoryMb } of rows) {
    line([round(accounts), round(stored), round(cpuUs), (cpuUs / first).toFixed(2), round(memoryMb)]);
  }
}

function printStartUp({ cold, warm, recovering, memoryMb }: StartUp): void {
  console.log(
    `first 200 after ${round(cold)} ms with nothing there, ${round(warm)} ms after a stop, ${round(recovering)} ms after kill -9; ${memoryMb} MB then`,
  );
}

const round = (value: number) => (Number.isNaN(value) ? '?' : Math.round(value).toLocaleString('en-GB'));
const line = (cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(16))).join(''));

await main();
