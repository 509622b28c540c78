import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { COULD_NOT_RUN, type ExitCode, FINE, type Io } from './io.ts';
import { type Run, runnerOf } from './run.ts';

type AddCommand = (program: Command, run: Run) => void;

/** Who adds which commands, as help lists them. Loaded when they are wanted: most bring the database along. */
const COMMANDS: readonly { readonly names: readonly string[]; readonly load: () => Promise<AddCommand> }[] = [
  { names: ['check'], load: async () => (await import('./check.ts')).addCheck },
  { names: ['examples'], load: async () => (await import('./examples.ts')).addExamples },
  { names: ['publish', 'rollback'], load: async () => (await import('./publish.ts')).addPublish },
  { names: ['preview'], load: async () => (await import('./preview.ts')).addPreview },
  { names: ['import'], load: async () => (await import('./import.ts')).addImport },
  { names: ['readiness'], load: async () => (await import('./readiness.ts')).addReadiness },
  { names: ['backtest'], load: async () => (await import('./backtest.ts')).addBacktest },
  { names: ['sweep'], load: async () => (await import('./sweep.ts')).addSweep },
  { names: ['shortlist'], load: async () => (await import('./shortlist.ts')).addShortlist },
  { names: ['pause', 'resume', 'suppress'], load: async () => (await import('./operate.ts')).addOperate },
  { names: ['export', 'erase'], load: async () => (await import('./people.ts')).addPeople },
  { names: ['keys'], load: async () => (await import('./keys.ts')).addKeys },
];

/** All commands that help or a guess at a misspelt one needs; of the one that is called only that. */
function commandsFor([name = '']: readonly string[]): typeof COMMANDS {
  const called = COMMANDS.filter(({ names }) => names.includes(name));
  return called.length > 0 ? called : COMMANDS;
}

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
    for (const { load } of commandsFor(words)) (await load())(program, run);
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
