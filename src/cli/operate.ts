import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { pauseAsking, resumeAsking } from '../use-cases/pause-asking.ts';
import { addressFault, suppressAddresses } from '../use-cases/suppress-addresses.ts';
import { configOf, fileIn, instantIn } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, type Io, writeJson } from './io.ts';
import { askService } from './remote.ts';
import type { Run } from './run.ts';
import { plural } from './table.ts';
import { withDatabase } from './with-database.ts';
import { instantInWords } from './words.ts';

type PauseOptions = {
  readonly trigger?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly json?: boolean;
};
type ResumeOptions = { readonly trigger?: string; readonly json?: boolean };
type SuppressOptions = { readonly scope: string; readonly reason: string; readonly json?: boolean };

export function addOperate(program: Command, run: Run): void {
  program
    .command('pause')
    .description('stop all asks, or those of one trigger, at once')
    .option('--trigger <name>', 'only this one')
    .option('--until <instant>', 'go on by itself then')
    .option('--reason <text>', 'for those who wonder')
    .option('--json', 'one JSON document on standard output')
    .action((options: PauseOptions) => run((io) => pause(io, options)));
  program
    .command('resume')
    .description('let asks go on')
    .option('--trigger <name>', 'only this one')
    .option('--json', 'one JSON document on standard output')
    .action((options: ResumeOptions) => run((io) => resume(io, options)));
  program
    .command('suppress <file>')
    .description('addresses that opted out elsewhere, one a line')
    .option('--scope <asks|all>', 'no more asks, or nothing at all', 'all')
    .option('--reason <text>', 'where they opted out', 'opted out elsewhere')
    .option('--json', 'one JSON document on standard output')
    .action((file: string, options: SuppressOptions) => run((io) => suppress(io, file, options)));
}

async function pause(io: Io, { trigger, until, reason, json }: PauseOptions): Promise<ExitCode> {
  const config = configOf(io);
  const end = until === undefined ? undefined : instantIn('--until', until);
  await withDatabase<unknown>(
    io,
    config,
    ({ deps }) => pauseAsking(deps, { trigger, until: end, reason, by: 'command line' }),
    () =>
      askService(io, config, 'POST', '/v1/pause', {
        trigger,
        until: end === undefined ? undefined : new Date(end).toISOString(),
        reason,
        by: 'command line',
      }),
  );
  if (json) {
    writeJson(io, { paused: trigger ?? null, until: end === undefined ? null : new Date(end).toISOString() });
    return FINE;
  }
  io.out(
    `${trigger ?? 'Everything'} is paused${end === undefined ? ' until someone resumes it' : ` until ${instantInWords(end)} UTC`}.\n`,
  );
  return FINE;
}

async function resume(io: Io, { trigger, json }: ResumeOptions): Promise<ExitCode> {
  const config = configOf(io);
  const result = await withDatabase<unknown>(
    io,
    config,
    async ({ deps }) => ({ resumed: await resumeAsking(deps, trigger) }),
    () => askService(io, config, 'POST', '/v1/resume', trigger === undefined ? {} : { trigger }),
  );
  const resumed =
    typeof result === 'object' && result !== null && 'resumed' in result ? Number(result.resumed) : 0;
  if (json) writeJson(io, { resumed });
  else io.out(resumed === 0 ? 'Nothing was paused.\n' : `${plural(resumed, 'pause')} lifted.\n`);
  return FINE;
}

/** As many as one request may carry. */
const AT_ONCE = 1000;

async function suppress(io: Io, file: string, { scope, reason, json }: SuppressOptions): Promise<ExitCode> {
  if (scope !== 'asks' && scope !== 'all')
    throw new CommandFault(`--scope: got "${scope}", expected asks or all`);
  const config = configOf(io);
  const addresses = addressesIn(fileIn('FILE', file, 'one address a line'));
  const inTurn = async (store: (some: readonly string[]) => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < addresses.length; i += AT_ONCE) await store(addresses.slice(i, i + AT_ONCE));
  };
  await withDatabase(
    io,
    config,
    ({ deps }) => inTurn((some) => suppressAddresses(deps, some, { scope, reason })),
    () =>
      inTurn((some) =>
        askService(io, config, 'POST', '/v1/suppressions', { addresses: some, scope, reason }),
      ),
  );
  if (json) writeJson(io, { suppressed: addresses.length });
  else
    io.out(
      `${addresses.length === 1 ? 'One address is' : `${addresses.length} addresses are`} suppressed.\n`,
    );
  return FINE;
}

/** The first column of each line; a first line that is no address is taken for the names of the columns. */
function addressesIn(file: string): string[] {
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line, i) => ({
      number: i + 1,
      text: line
        .trim()
        .replace(/[,;\t].*$/, '')
        .replace(/^"|"$/g, ''),
    }))
    .filter(({ text, number }) => text !== '' && !text.startsWith('#') && (number > 1 || text.includes('@')));
  for (const { number, text } of lines) {
    const fault = addressFault(text);
    if (fault !== undefined) throw new CommandFault(`${file}:${number}: ${fault}. Nothing was suppressed.`);
  }
  return lines.map(({ text }) => text);
}
