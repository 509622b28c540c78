#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addBacktest } from './cli/backtest.ts';
import { addCheck } from './cli/check.ts';
import { addExamples } from './cli/examples.ts';
import { addImport } from './cli/import.ts';
import { COULD_NOT_RUN, FINE, type Io } from './cli/io.ts';
import { addKeys } from './cli/keys.ts';
import { addOperate } from './cli/operate.ts';
import { addPublish } from './cli/publish.ts';
import { addReadiness } from './cli/readiness.ts';
import { runnerOf } from './cli/run.ts';
import { addShortlist } from './cli/shortlist.ts';
import { addSweep } from './cli/sweep.ts';

const io: Io = {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
};

const run = runnerOf(io, (code) => {
  process.exitCode = code;
});

const program = new Command('goodturn')
  .description('Knows which customers are ready to vouch for a product, and asks them at the right moment.')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

program
  .command('serve')
  .description('run the service')
  .action(async () => {
    await import('./main.ts');
  });
for (const add of [
  addCheck,
  addExamples,
  addPublish,
  addImport,
  addReadiness,
  addBacktest,
  addSweep,
  addShortlist,
  addOperate,
  addKeys,
]) {
  add(program, run);
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  // Commander has said what is wrong, or has shown its help.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? FINE : COULD_NOT_RUN;
}
