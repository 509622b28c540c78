import type { Command } from 'commander';
import { backtestFile } from '../use-cases/backtest.ts';
import { readDefinitions } from '../use-cases/check-catalog.ts';
import { presentBacktest } from '../use-cases/present-backtest.ts';
import { workspaceWhenLive } from '../use-cases/workspace.ts';
import { boundsIn, catalogIn, configOf, fileIn, folderIn, tellOfBadLines } from './arguments.ts';
import { backtestPage } from './backtest-page.ts';
import { type ExitCode, FINE, type Io, progressOn, stylesOf, writeJson } from './io.ts';
import type { Run } from './run.ts';

type Options = {
  readonly events: string;
  readonly from?: string;
  readonly to?: string;
  readonly against?: string;
  readonly catalog?: string;
  readonly json?: boolean;
};

export function addBacktest(program: Command, run: Run): void {
  program
    .command('backtest')
    .description('what a catalog would have asked over a history')
    .requiredOption('--events <file>', 'JSON lines, each a Segment message')
    .option('--from <instant>', 'report from then on; the whole history is played all the same')
    .option('--to <instant>', 'report up to then')
    .option('--catalog <folder>', 'the definitions to play; default TRIGGERS_DIR')
    .option('--against <folder>', 'compare with these definitions')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => backtest(io, options)));
}

async function backtest(io: Io, { events, against, catalog, json, ...bounds }: Options): Promise<ExitCode> {
  const config = configOf(io);
  const path = fileIn('--events', events);
  const folder = catalogIn(config, catalog);
  const definitions = await readDefinitions(folder);
  const other = against === undefined ? undefined : await readDefinitions(folderIn('--against', against));
  const request = {
    catalog: definitions,
    ...(other === undefined ? {} : { against: other }),
    workspace: workspaceWhenLive(config),
    ...boundsIn(bounds),
  };
  const { backtest: result, read } = backtestFile(path, request, progressOn(io, 'playing the history'));
  tellOfBadLines(io, path, read);
  if (json) writeJson(io, presentBacktest(result));
  else io.out(backtestPage(result, folder, stylesOf(io)));
  return FINE;
}
