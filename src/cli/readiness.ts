import type { Command } from 'commander';
import { type Instant, iso } from '../engine/time.ts';
import { readDefinitions } from '../use-cases/check-catalog.ts';
import { type AccountReadiness, readinessOfFile } from '../use-cases/readiness-of-file.ts';
import { catalogIn, configOf, fileIn, instantIn, tellOfBadLines } from './arguments.ts';
import { type ExitCode, FINE, type Io, progressOn, type Style, stylesOf, writeJson } from './io.ts';
import type { Run } from './run.ts';
import { count, plural, points, WIDTH, wrap } from './table.ts';
import { instantInWords } from './words.ts';

type Options = {
  readonly events: string;
  readonly at?: string;
  readonly catalog?: string;
  readonly json?: boolean;
};

export function addReadiness(program: Command, run: Run): void {
  program
    .command('readiness')
    .description('how ready each account of a history is at an instant, and why')
    .requiredOption('--events <file>', 'JSON lines, each a Segment message')
    .option('--at <instant>', 'default: now')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => readiness(io, options)));
}

async function readiness(io: Io, { events, at: given, catalog, json }: Options): Promise<ExitCode> {
  const config = configOf(io);
  const path = fileIn('--events', events);
  const at = given === undefined ? Date.now() : instantIn('--at', given);
  const definitions = await readDefinitions(catalogIn(config, catalog));
  const { accounts, read } = readinessOfFile(path, definitions, at, progressOn(io, 'reading the history'));
  tellOfBadLines(io, path, read);
  if (json) writeJson(io, { at: iso(at), accounts: accounts.map(present) });
  else io.out(page(accounts, at, stylesOf(io)));
  return FINE;
}

const present = ({ id, readiness: { value, contributions, dampers } }: AccountReadiness) => ({
  id,
  readiness: value,
  contributions: contributions.map(({ signal, points: worth, says }) => ({ signal, points: worth, says })),
  dampers: dampers.map(({ signal, factor, says }) => ({ signal, factor, says })),
});

const SHOWN = 50;

function page(
  accounts: readonly AccountReadiness[],
  at: Instant,
  { bold, faint }: { bold: Style; faint: Style },
): string {
  const ready = [...accounts].sort((a, b) => b.readiness.value - a.readiness.value).slice(0, SHOWN);
  const lines = ready.map(({ id, readiness: { value, contributions, dampers } }) => {
    const reasons = [
      ...contributions.map(({ points: worth, says }) => `${says} (+${points(worth)})`),
      ...dampers.map(({ factor, says }) => `${says} (lowers readiness to ${Math.round(factor * 100)} %)`),
    ];
    const why =
      reasons.length === 0
        ? faint('      nothing speaks for it yet')
        : wrap(reasons.join(' · '), WIDTH, '      ');
    return `${bold(points(value).padStart(5))}  ${id}\n${why}`;
  });
  const rest =
    accounts.length > SHOWN
      ? [faint(`… and ${count(accounts.length - SHOWN)} more; --json has all of them`)]
      : [];
  return `\n${bold(`Readiness on ${instantInWords(at)} UTC`)}\n${faint(plural(accounts.length, 'account'))}\n\n${[...lines, ...rest].join('\n')}\n\n`;
}
