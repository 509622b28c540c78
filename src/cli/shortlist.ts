import type { Command } from 'commander';
import { readDefinitions } from '../use-cases/check-catalog.ts';
import { presentShortlist, ShortlistJson } from '../use-cases/present-shortlist.ts';
import { shortlist, shortlistOfFile } from '../use-cases/shortlist.ts';
import { workspaceWhenLive } from '../use-cases/workspace.ts';
import { catalogIn, configOf, fileIn, instantIn, tellOfBadLines } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, type Io, progressOn, stylesOf, writeJson } from './io.ts';
import { askService } from './remote.ts';
import type { Run } from './run.ts';
import { plural, points, WIDTH, wrap } from './table.ts';
import { withDatabase } from './with-database.ts';

type Options = {
  readonly events?: string;
  readonly at?: string;
  readonly catalog?: string;
  readonly length: string;
  readonly json?: boolean;
};

export function addShortlist(program: Command, run: Run): void {
  program
    .command('shortlist')
    .description('the accounts readiest to be asked now: whom, why, and what still holds')
    .option('--events <file>', 'of a history, instead of what the service knows')
    .option('--at <instant>', 'with --events: as it stood then; default now')
    .option('--catalog <folder>', 'with --events: the definitions; default TRIGGERS_DIR')
    .option('--length <number>', 'how many', '20')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => list(io, options)));
}

async function list(io: Io, { events, at, catalog, length, json }: Options): Promise<ExitCode> {
  const config = configOf(io);
  const most = Number(length);
  if (!Number.isInteger(most) || most < 1 || most > 1000)
    throw new CommandFault(`--length: got "${length}", expected a number from 1 to 1000`);
  let found: ShortlistJson;
  if (events === undefined) {
    if (at !== undefined || catalog !== undefined)
      throw new CommandFault('--at and --catalog belong to --events');
    found = await withDatabase(
      io,
      config,
      async ({ deps }) => presentShortlist(await shortlist(deps, most)),
      async () => ShortlistJson.parse(await askService(io, config, 'GET', `/v1/shortlist?length=${most}`)),
    );
  } else {
    const path = fileIn('--events', events);
    const instant = at === undefined ? Date.now() : instantIn('--at', at);
    const definitions = await readDefinitions(catalogIn(config, catalog));
    const { candidates, read } = shortlistOfFile(
      path,
      definitions,
      workspaceWhenLive(config),
      { at: instant, length: most },
      progressOn(io, 'reading the history'),
    );
    tellOfBadLines(io, path, read);
    found = presentShortlist(candidates);
  }
  if (json) writeJson(io, found);
  else io.out(page(found, events, stylesOf(io)));
  return FINE;
}

function page(
  { accounts }: ShortlistJson,
  history: string | undefined,
  { bold, faint }: ReturnType<typeof stylesOf>,
): string {
  if (accounts.length === 0) return history === undefined ? NOBODY_YET : nobodyIn(history);
  const blocks = accounts.map(({ id, name, owner, readiness, reasons, person, holds }, i) => {
    const whom =
      person === null
        ? 'nobody to ask'
        : `ask ${person.name}${person.email === null ? ', no address known' : ` <${person.email}>`}`;
    const held =
      holds.length === 0
        ? 'nothing is in the way'
        : `not yet: ${holds.map(({ because }) => because).join('; ')}`;
    return [
      `${String(i + 1).padStart(3)}  ${bold(`${points(readiness)}  ${name ?? id}`)}${name === null ? '' : faint(`  ${id}`)}${owner === null ? '' : faint(`  ${owner}`)}`,
      `     ${whom}`,
      wrap(reasons.join(' · ') || 'no single reason', WIDTH, '     '),
      faint(wrap(held, WIDTH, '     ')),
    ].join('\n');
  });
  return `\n${bold(`To start from: ${plural(accounts.length, 'account')}`)}\n\n${blocks.join('\n\n')}\n\n`;
}

const NOBODY_YET =
  '\nNo account is ready at all yet. Import some history, or see which signals have no data: goodturn check --database\n\n';

const nobodyIn = (history: string) =>
  `\nNo account is ready at all then. Name an instant inside the history with --at, or see which signals have no data: goodturn check --events ${history}\n\n`;
