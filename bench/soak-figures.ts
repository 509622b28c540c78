import { type Disk, packTables, type TableSizes } from './disk.ts';
import { percentile } from './median.ts';
import { slope } from './slope.ts';
import { descriptorsOf, memoryOf } from './usage.ts';

const MB = 1024 * 1024;
const EVENTS = /^\/v1\/(batch|track|identify|group|page|nps)$/;
const POLLS = /^\/v1\/nudges\?/;

type Sample = {
  readonly hour: number;
  /** Which of the processes that came one after the other, and for how many hours it had lived. */
  readonly life: number;
  readonly age: number;
  readonly rss: number;
  readonly descriptors: number;
  readonly wal: number;
  readonly tables: TableSizes;
  readonly acked: number;
  readonly ackMs: number;
  readonly pollMs: number;
};

export type Living = { readonly pid: number; readonly life: number; readonly bornAt: number };

/** What a soak looks at again and again, and what it says of it at its end. */
export function createFigures(disk: Disk, ackedSoFar: () => number) {
  const startedAt = performance.now();
  const samples: Sample[] = [];
  let acks: number[] = [];
  let polls: number[] = [];
  return {
    onAnswer: (path: string, ms: number, status: number | undefined) => {
      if (status === 200 && EVENTS.test(path)) acks.push(ms);
      if ((status === 200 || status === 304) && POLLS.test(path)) polls.push(ms);
    },
    sample: async ({ pid, life, bornAt }: Living) => {
      const now = performance.now();
      const sample = {
        hour: (now - startedAt) / 3_600_000,
        life,
        age: (now - bornAt) / 3_600_000,
        rss: memoryOf(pid),
        descriptors: descriptorsOf(pid),
        wal: disk.wal() / MB,
        tables: await disk.tables(),
        acked: ackedSoFar(),
        ackMs: percentile(acks, 0.99),
        pollMs: percentile(polls, 0.99),
      };
      acks = [];
      polls = [];
      if (Number.isNaN(sample.rss)) return; // it has died just now
      samples.push(sample);
      printSample(sample, samples.length === 1);
    },
    conclude: (environment: Readonly<Record<string, string>>) => conclude(samples, environment),
  };
}

function printSample(sample: Sample, isFirst: boolean): void {
  if (isFirst)
    console.log(
      'minute  process  RSS MB  descriptors  log MB  tables MB  acknowledged  p99 ms: acknowledged, polls',
    );
  const { hour, life, rss, descriptors, wal, tables, acked, ackMs, pollMs } = sample;
  const columns: [number, string][] = [
    [6, (hour * 60).toFixed(1)],
    [9, String(life)],
    [8, String(rss)],
    [13, String(descriptors)],
    [8, wal.toFixed(0)],
    [11, (sumOf(tables) / MB).toFixed(1)],
    [14, String(acked)],
    [22, ackMs.toFixed(0)],
    [7, pollMs.toFixed(0)],
  ];
  console.log(columns.map(([width, text]) => text.padStart(width)).join(''));
}

async function conclude(
  samples: readonly Sample[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const end = samples.at(-1)?.hour ?? 0;
  const later = samples.filter(({ hour }) => hour >= end / 3);
  const lives = groupByLife(later);
  const perHour = (of: (sample: Sample) => number, groups: readonly (readonly Sample[])[]) =>
    slope(groups.map((group) => group.map((sample) => ({ x: sample.hour, y: of(sample) }))));
  console.log(
    `\nSlopes per hour, by least squares after the first third of ${(end * 60).toFixed(0)} minutes;`,
  );
  console.log('of the process, within each of its lives and after the first third of it:');
  for (const [name, of] of [
    ['RSS, MB', ({ rss }: Sample) => rss],
    ['descriptors', ({ descriptors }: Sample) => descriptors],
    ['p99 of what was acknowledged, ms', ({ ackMs }: Sample) => ackMs],
    ['p99 of polls, ms', ({ pollMs }: Sample) => pollMs],
  ] as const)
    console.log(`  ${name}: ${perHour(of, lives).toFixed(2)}`);
  console.log(
    `  log on disk, MB: ${perHour(({ wal }) => wal, [later]).toFixed(2)}, at most ${Math.max(...samples.map(({ wal }) => wal)).toFixed(0)}`,
  );
  const events = perHour(({ acked }) => acked, [later]);
  console.log(`  acknowledged events: ${events.toFixed(0)}`);
  const { before, packed } = await packTables(environment);
  console.log('Tables, KB: at the end, once packed, the ratio; growth in KB an hour and bytes an event:');
  const names = Object.keys(before).sort((a, b) => (before[b] ?? 0) - (before[a] ?? 0));
  for (const name of names.filter((name) => (before[name] ?? 0) > 256 * 1024)) {
    const [now, least] = [before[name] ?? 0, packed[name] ?? 0];
    const growth = perHour(({ tables }) => tables[name] ?? 0, [later]);
    console.log(
      `  ${name}: ${kb(now)}, ${kb(least)}, ${(now / least).toFixed(2)}; ${kb(growth)}, ${(growth / events).toFixed(0)}`,
    );
  }
  console.log(
    `  all: ${kb(sumOf(before))}, ${kb(sumOf(packed))}, ${(sumOf(before) / sumOf(packed)).toFixed(2)}`,
  );
}

/** The samples of each process, without those of its youth. */
function groupByLife(samples: readonly Sample[]): Sample[][] {
  const lives = [...new Set(samples.map(({ life }) => life))];
  return lives.map((life) => {
    const all = samples.filter((sample) => sample.life === life);
    const oldest = Math.max(...all.map(({ age }) => age));
    return all.filter(({ age }) => age >= oldest / 3);
  });
}

const sumOf = (sizes: TableSizes) => Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
const kb = (bytes: number) => (bytes / 1024).toFixed(0);
