// How fast a file is backtested with the catalog that ships: CPU time an event, and as a ratio to `JSON.parse` alone
// over the same lines, in turns with it in one process; medians. It measures what `npm run build` made.
// BENCH_EVENTS=10000,100000: other sizes. BENCH_REPEATS=5. BENCH_KEEP=folder: leaves the files there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from './backtest-file.ts';
import { type History, writeHistory } from './history.ts';

const SIZES = (process.env['BENCH_EVENTS'] ?? '10000,100000,1000000').split(',').map(Number);
const EVENTS_PER_ACCOUNT = 250;
const FIXED_ACCOUNTS = 2000;

function main(): void {
  const keep = process.env['BENCH_KEEP'];
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'goodturn-backtest-'));
  mkdirSync(folder, { recursive: true });
  const [load = 0] = loadavg();
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, load ${load.toFixed(1)} at the start`);
  try {
    table(
      `${EVENTS_PER_ACCOUNT} events an account`,
      SIZES.map((events) => ({ events, accounts: Math.round(events / EVENTS_PER_ACCOUNT) })),
      folder,
    );
    table(
      'always the same accounts',
      SIZES.map((events) => ({ events, accounts: FIXED_ACCOUNTS })),
      folder,
    );
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function table(title: string, histories: readonly History[], folder: string): void {
  console.log(`\n${title}`);
  line(COLUMNS);
  for (const history of histories) line(rowOf(history, measure(history, folder)));
}

/** A process for each file, so that the memory of one is not that of another. */
function measure(history: History, folder: string): Measured {
  const file = join(folder, `${history.events}-${history.accounts}.jsonl`);
  writeHistory(file, history);
  const script = new URL('./backtest-file.ts', import.meta.url).pathname;
  const repeats = process.env['BENCH_REPEATS'] ?? (history.events > 500_000 ? '3' : '7');
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', script, file, repeats], {
    encoding: 'utf8',
  });
  if (process.env['BENCH_KEEP'] === undefined) rmSync(file);
  return JSON.parse(output);
}

const COLUMNS = [
  'events',
  'accounts',
  'asks',
  'events/s',
  'JSON.parse/s',
  'ratio',
  'µs/event',
  'heap MB',
  'KB/account',
  'peak RSS MB',
  'state B/account',
];

function rowOf({ events }: History, measured: Measured): string[] {
  const { accounts, asks, parseUs, backtestUs, heapBytes, peakRss, stateBytes } = measured;
  return [
    count(events),
    count(accounts),
    count(asks),
    count(1e6 / backtestUs),
    count(1e6 / parseUs),
    (parseUs / backtestUs).toFixed(2),
    backtestUs.toFixed(2),
    (heapBytes / 1e6).toFixed(1),
    (heapBytes / 1e3 / accounts).toFixed(1),
    count(peakRss / 1e6),
    count(stateBytes / accounts),
  ];
}

const count = (number: number) => Math.round(number).toLocaleString('en-GB');
const line = (cells: readonly string[]) => console.log(cells.map((cell) => cell.padStart(16)).join(''));

main();
