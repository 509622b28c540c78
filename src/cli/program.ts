import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addBacktest } from './backtest.ts';
import { addCheck } from './check.ts';
import { addExamples } from './examples.ts';
import { addImport } from './import.ts';
import { COULD_NOT_RUN, type ExitCode, FINE, type Io } from './io.ts';
import { addKeys } from './keys.ts';
import { addOperate } from './operate.ts';
import { addPeople } from './people.ts';
import { addPreview } from './preview.ts';
import { addPublish } from './publish.ts';
import { addReadiness } from './readiness.ts';
import { runnerOf } from './run.ts';
import { addShortlist } from './shortlist.ts';
import { addSweep } from './sweep.ts';

const COMMANDS = [
  addCheck,
  addExamples,
  addPublish,
  addPreview,
  addImport,
  addReadiness,
  addBacktest,
  addSweep,
  addShortlist,
  addOperate,
  addPeople,
  addKeys,
];

/** The command line as a function of its words. Answers what the process ends with; `serve` goes on after it. */
export function createProgram(io: Io): (words: readonly string[]) => Promise<ExitCode> {
  return async (words) => {
    let code: ExitCode = FINE;
    const program = new Command('goodturn')
      .description(
        'Knows which customers are ready to vouch for a product, and asks them at the right moment.',
      )
      .version(versionOf(), '--version', 'which version this is')
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ writeOut: io.out, writeErr: io.err })
      .exitOverride();
    const run = runnerOf(io, (ended) => {
      code = ended;
    });
    program
      .command('serve')
      .description('run the service')
      .action(async () => {
        await import('../main.ts');
      });
    for (const add of COMMANDS) add(program, run);
    try {
      await program.parseAsync(words, { from: 'user' });
    } catch (error) {
      // Commander has said what is wrong, or has shown its help.
      if (!(error instanceof CommanderError)) throw error;
      return error.exitCode === 0 ? FINE : COULD_NOT_RUN;
    }
    return code;
  };
}

function versionOf(): string {
  // From the source and from the build alike.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(version);
}
