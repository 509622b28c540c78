// Measures one file, in a process of its own, for bench/backtest.ts: prints one JSON document.
import type { Catalog } from '../src/engine/catalog.ts';
import type { World } from '../src/engine/replay/world.ts';
import { median } from './median.ts';

const built = new URL('../reports/compiled', import.meta.url).pathname;
const { backtestFile, startReplays }: typeof import('../src/use-cases/backtest.ts') = await import(
  `${built}/use-cases/backtest.js`
);
const { forEachLine }: typeof import('../src/use-cases/history-lines.ts') = await import(
  `${built}/use-cases/history-lines.js`
);
const { readHistory }: typeof import('../src/use-cases/read-history.ts') = await import(
  `${built}/use-cases/read-history.js`
);
const { readDefinitions }: typeof import('../src/use-cases/check-catalog.ts') = await import(
  `${built}/use-cases/check-catalog.js`
);

export type Measured = {
  readonly accounts: number;
  readonly asks: number;
  /** CPU time an event, of all threads. */
  readonly parseUs: number;
  readonly backtestUs: number;
  /** What a backtest holds at its end. */
  readonly heapBytes: number;
  /** The most memory that the process had while one ran for the first time. */
  readonly peakRss: number;
  /** Of all accounts' states as JSON. */
  readonly stateBytes: number;
};

const WORKSPACE = { teamDomains: ['vendor.example'] };
// So many lines are parsed at a time that finding them is not measured, and they are not all in memory.
const LINES = 20_000;

/** What a backtest holds and how large its states are, in a run that is not timed. */
function weigh(path: string, catalog: Catalog) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let peakRss = 0;
  const [replay] = startReplays([catalog], { workspace: WORKSPACE }, undefined);
  if (replay === undefined) throw new Error('no replay');
  readHistory(
    path,
    () => replay.receiveEach,
    () => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    },
  );
  const world: World = replay.end();
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed - before;
  let stateBytes = 0;
  for (const { state } of world.accounts.values()) stateBytes += JSON.stringify(state).length;
  return { accounts: world.accounts.size, asks: world.tally.asks.length, heapBytes, peakRss, stateBytes };
}

function parse(path: string): { cpu: number; lines: number } {
  let cpu = 0;
  let lines = 0;
  let waiting: string[] = [];
  const flush = () => {
    cpu += cpuOf(() => {
      for (const line of waiting) if (JSON.parse(line) === null) throw new Error('an empty line');
    });
    lines += waiting.length;
    waiting = [];
  };
  forEachLine(path, (line) => {
    waiting.push(line);
    if (waiting.length === LINES) flush();
    return true;
  });
  flush();
  return { cpu, lines };
}

function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function main([path = '', repeats = '3']: readonly string[]): Promise<void> {
  const catalog = await readDefinitions(new URL('../triggers', import.meta.url).pathname);
  const weighed = weigh(path, catalog);
  const times = Array.from({ length: Number(repeats) }, () => {
    const { cpu, lines } = parse(path);
    const backtest = cpuOf(() => backtestFile(path, { catalog, workspace: WORKSPACE }));
    return { parseUs: cpu / lines, backtestUs: backtest / lines };
  });
  const measured: Measured = {
    ...weighed,
    parseUs: median(times.map(({ parseUs }) => parseUs)),
    backtestUs: median(times.map(({ backtestUs }) => backtestUs)),
  };
  console.log(JSON.stringify(measured));
}

await main(process.argv.slice(2));
