import type { Command } from 'commander';
import { playExamples } from '../use-cases/check-catalog.ts';
import { catalogIn, configOf } from './arguments.ts';
import { listed, presentFault } from './check.ts';
import { CommandFault, type ExitCode, FINE, FOUND, type Io, stylesOf, writeJson } from './io.ts';
import type { Run } from './run.ts';
import { plural, points, WIDTH, wrap } from './table.ts';

type Options = { readonly catalog?: string; readonly trigger?: string; readonly json?: boolean };

export function addExamples(program: Command, run: Run): void {
  program
    .command('examples')
    .description('play the examples inside the trigger files')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--trigger <name>', 'only those of one trigger')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => examples(io, options)));
}

async function examples(io: Io, { catalog, trigger, json }: Options): Promise<ExitCode> {
  const triggersDir = catalogIn(configOf(io), catalog);
  const { faults, triggers, results: all } = await playExamples({ triggersDir });
  if (faults.length > 0) {
    if (json) writeJson(io, { examples: [], faults: faults.map(presentFault) });
    else io.err(`No example could be played: ${plural(faults.length, 'fault')}\n${listed(faults)}\n`);
    return FOUND;
  }
  const results = all.filter((one) => trigger === undefined || one.trigger === trigger);
  if (trigger !== undefined && results.length === 0) throw new CommandFault(noExamples(trigger, triggers));
  const failed = results.filter(({ passed }) => !passed);
  if (json) writeJson(io, { examples: results.map(present) });
  else io.out(page(results, stylesOf(io)));
  return failed.length === 0 ? FINE : FOUND;
}

function noExamples(trigger: string, known: readonly string[]): string {
  if (known.includes(trigger)) return `${trigger} has no examples`;
  return `--trigger: there is no trigger "${trigger}". Known: ${known.join(', ')}`;
}

type Result = Awaited<ReturnType<typeof playExamples>>['results'][number];

const present = ({
  trigger,
  file,
  line,
  example,
  passed,
  expected,
  happened,
  holding,
  readiness,
}: Result) => ({
  trigger,
  file,
  line,
  example,
  passed,
  expected,
  happened,
  readiness,
  holding: holding.map(({ gate, because }) => ({ gate, because })),
});

function page(results: readonly Result[], { bold, faint }: ReturnType<typeof stylesOf>): string {
  const lines = results.flatMap((result, i) => [
    ...(results[i - 1]?.trigger === result.trigger ? [] : [`\n${bold(result.trigger)}`]),
    `  ${result.passed ? 'ok  ' : 'FAIL'}  ${result.example}`,
    ...(result.passed ? [] : why(result).map((line) => faint(wrap(line, WIDTH, '        ')))),
  ]);
  const failed = results.filter(({ passed }) => !passed).length;
  const end =
    failed === 0 ? allHold(results.length) : `${plural(failed, 'example')} of ${results.length} failed.`;
  return `${lines.join('\n')}\n\n${end}\n`;
}

/** What was expected, what came, and every gate that held, in words. */
function why({ file, line, expected, happened, readiness, holding }: Result): string[] {
  return [
    `${file}:${line}: expected ${expected}, but ${happened}; readiness ${points(readiness)}`,
    ...holding.map(({ gate, because }) => `- ${gate}: ${because}`),
  ];
}

const allHold = (examples: number) =>
  examples === 1 ? 'The one example holds.' : `All ${plural(examples, 'example')} hold.`;
