import type { Command } from 'commander';
import { type Sweep, sweepFile } from '../use-cases/sweep.ts';
import { workspaceWhenLive } from '../use-cases/workspace.ts';
import { boundsIn, catalogIn, configOf, fileIn, tellOfBadLines } from './arguments.ts';
import { type ExitCode, FINE, type Io, progressOn, stylesOf, writeJson } from './io.ts';
import type { Run } from './run.ts';
import { count, table } from './table.ts';

type Options = {
  readonly events: string;
  readonly set: string;
  readonly from?: string;
  readonly to?: string;
  readonly catalog?: string;
  readonly json?: boolean;
};

export function addSweep(program: Command, run: Run): void {
  program
    .command('sweep')
    .description('the backtest over a range of one number')
    .requiredOption('--events <file>', 'JSON lines, each a Segment message')
    .requiredOption(
      '--set <path=range>',
      'like promoter-email.when[1].readiness.at_least=50..80:10 or readiness.signals.promoter.half_life=30d,45d,60d',
    )
    .option('--from <instant>', 'report from then on')
    .option('--to <instant>', 'report up to then')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => sweep(io, options)));
}

async function sweep(io: Io, { events, set, catalog, json, ...bounds }: Options): Promise<ExitCode> {
  const config = configOf(io);
  const path = fileIn('--events', events);
  const request = { workspace: workspaceWhenLive(config), ...boundsIn(bounds) };
  const result = await sweepFile(
    path,
    catalogIn(config, catalog),
    set,
    request,
    progressOn(io, 'playing the history'),
  );
  tellOfBadLines(io, path, result.read);
  if (json) writeJson(io, present(result));
  else io.out(page(result, stylesOf(io).bold));
  return FINE;
}

const present = ({ path, rows }: Sweep) => ({
  path,
  rows: rows.map(({ value, asks, accounts, people, thanks, more, fewer, byTrigger }) => ({
    value: value ?? null,
    asks,
    accounts,
    people,
    thanks,
    newly_asked: more,
    no_longer_asked: fewer,
    by_trigger: byTrigger,
  })),
});

function page({ path, rows }: Sweep, bold: (text: string) => string): string {
  const right = { align: 'right' as const };
  const columns = [
    { title: 'value', most: 20 },
    { title: 'asks', ...right },
    { title: 'accounts', ...right },
    { title: 'people', ...right },
    { title: 'newly asked', ...right },
    { title: 'no longer asked', ...right },
  ];
  const lines = rows.map(({ value, asks, accounts, people, more, fewer }) => [
    value ?? 'as it stands',
    ...[asks, accounts, people].map(count),
    ...(value === undefined ? ['', ''] : [count(more), count(fewer)]),
  ]);
  return `\n${bold(`Asks by ${path}`)}\n${table(columns, lines)}\n\n`;
}
