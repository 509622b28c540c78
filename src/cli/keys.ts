import type { Command } from 'commander';
import { addKey, listKeys } from '../use-cases/list-keys.ts';
import { configOf } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, type Io, writeJson } from './io.ts';
import type { Run } from './run.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';
import { dayInWords } from './words.ts';

type Options = { readonly new?: string; readonly json?: boolean };

export function addKeys(program: Command, run: Run): void {
  program
    .command('keys')
    .description('the keys of the service by their last characters; with --new, one more')
    .option('--new <write|publishable|secret>', 'make one more key and print it, this once')
    .option('--json', 'one JSON document on standard output')
    .action((options: Options) => run((io) => keys(io, options)));
}

async function keys(io: Io, { new: wanted, json }: Options): Promise<ExitCode> {
  const config = configOf(io);
  if (wanted !== undefined && wanted !== 'write' && wanted !== 'publishable' && wanted !== 'secret') {
    throw new CommandFault(`--new: got "${wanted}", expected write, publishable or secret`);
  }
  const { made, known } = await withDatabase(io, config, async ({ deps }) => ({
    made: wanted === undefined ? undefined : await addKey(deps.db, wanted, deps.clock()),
    known: await listKeys(deps.db, config),
  }));
  if (json) {
    const listed = known.map(({ kind, last4, from, createdAt }) => ({
      kind,
      last4,
      from,
      created_at: createdAt?.toISOString() ?? null,
    }));
    writeJson(io, { keys: listed, ...(made === undefined ? {} : { made }) });
    return FINE;
  }
  if (made !== undefined)
    io.out(`${made}\n\nIt is shown this once; keep it. A running service knows it after its next start.\n\n`);
  if (known.length === 0) {
    io.out('There are no keys yet: the first start of the service makes them and prints them.\n');
    return FINE;
  }
  const rows = known.map(({ kind, last4, from, createdAt }) => [
    kind,
    `…${last4}`,
    from === 'environment' ? 'the environment' : 'the database',
    createdAt === undefined ? '' : dayInWords(createdAt.getTime()),
  ]);
  io.out(
    `${table([{ title: 'kind' }, { title: 'ends in' }, { title: 'given by' }, { title: 'made' }], rows)}\n`,
  );
  return FINE;
}
