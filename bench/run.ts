// How fast the service takes events in, as a ratio to the barest way of storing the same rows in the same run.
// BENCH_QUICK=1: small and rough. BENCH_DB=postgres or pglite: only that one. BENCH_PROFILE=folder: CPU profiles.
// BENCH_NODE_OPTIONS: flags of Node for the service.
import { cpus } from 'node:os';
import { benchIngest, type IngestResult } from './ingest.ts';
import { isThere, type Place, pglite, postgres, SERVER } from './places.ts';
import { benchStartUp, type StartUp } from './start-up.ts';

const quick = process.env['BENCH_QUICK'] === '1';
const only = process.env['BENCH_DB'];

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
  printIngest(place.name, await benchIngest(place, { events, repeats: quick ? 2 : 3 }));
  printStartUp(await benchStartUp(place, quick ? 1 : 5));
}

function printIngest(name: string, { bare, rows, memoryMb }: IngestResult): void {
  console.log(
    `\n${name}: /v1/batch, acknowledged and on disk, all features on (bare insert: ${round(bare)} rows/s)`,
  );
  line(['events a request', 'events/s', 'to bare insert', 'CPU µs/event', 'database µs', 'p50 ms', 'p99 ms']);
  for (const { size, perSecond, ratio, serviceCpuUs, databaseCpuUs, p50, p99 } of rows) {
    const database = name === 'pglite' ? 'in service' : round(databaseCpuUs);
    line([
      String(size),
      round(perSecond),
      ratio.toFixed(2),
      round(serviceCpuUs),
      database,
      p50.toFixed(1),
      p99.toFixed(1),
    ]);
  }
  console.log(`memory after it: ${memoryMb} MB`);
}

function printStartUp({ cold, warm, recovering, memoryMb }: StartUp): void {
  console.log(
    `first 200 after ${round(cold)} ms with nothing there, ${round(warm)} ms after a stop, ${round(recovering)} ms after kill -9; ${memoryMb} MB then`,
  );
}

const round = (value: number) => (Number.isNaN(value) ? '?' : Math.round(value).toLocaleString('en-GB'));
const line = (cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(15))).join(''));

await main();
