import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { type Imported, importFile, intoDatabase, type StoreBatch } from '../use-cases/import-file.ts';
import { configOf, fileIn, tellOfBadLines } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, type Io, progressOn, writeJson } from './io.ts';
import { send } from './remote.ts';
import type { Run } from './run.ts';
import { plural } from './table.ts';
import { withDatabase } from './with-database.ts';

export function addImport(program: Command, run: Run): void {
  program
    .command('import <file>')
    .description(
      'take in a history; it is folded and nobody is asked. Started again, it goes on where it was',
    )
    .option('--json', 'one JSON document on standard output')
    .action((file: string, options: { json?: boolean }) => run((io) => importHistory(io, file, options)));
}

async function importHistory(io: Io, file: string, { json }: { json?: boolean }): Promise<ExitCode> {
  const config = configOf(io);
  const path = fileIn('FILE', file);
  const bring = (store: StoreBatch) => importFile(path, store, Date.now(), progressOn(io, 'importing'));
  const { known, ...result } = await withDatabase(
    io,
    config,
    async ({ deps }) => ({ ...(await bring(intoDatabase(deps))), known: true }),
    async () => ({ ...(await bring(intoService(io, config))), known: false }),
  );
  const { accepted, duplicates, bad, badCount } = result;
  tellOfBadLines(io, path, { events: accepted + duplicates, duplicates: 0, bad, badCount, wasSorted: true });
  // The service does not say which of them it had.
  if (json) writeJson(io, { accepted, duplicates: known ? duplicates : null, rejected: badCount });
  else if (known) io.out(`${inWords(result)}. ${NEXT}`);
  else io.out(`${plural(accepted, 'event')} handed over; what was there already counts once. ${NEXT}`);
  return FINE;
}

function inWords({ accepted, duplicates }: Imported): string {
  const known =
    duplicates === 0
      ? ''
      : `; ${plural(duplicates, 'event')} ${duplicates === 1 ? 'was' : 'were'} there already`;
  return `${plural(accepted, 'event')} taken in${known}`;
}

const NEXT = 'See whom to start with: goodturn shortlist\n';

/** Through the running service, which has the database open. */
function intoService(io: Io, { BASE_URL, WRITE_KEY }: Config): StoreBatch {
  if (WRITE_KEY === undefined) {
    throw new CommandFault(
      `The service that runs at ${BASE_URL} has the database open. Set WRITE_KEY, and the history is sent to it.`,
    );
  }
  io.err(`the service at ${BASE_URL} has the database open, so the history is sent to it\n`);
  return async ({ events, messages }) => {
    for (let tries = 0; ; tries += 1) {
      const { status, text } = await send('POST', `${BASE_URL}/v1/import`, WRITE_KEY, { batch: messages });
      if (status === 200) return { accepted: events.length, duplicates: 0 };
      if (status !== 503 || tries === MOST_TRIES)
        throw new CommandFault(`The service at ${BASE_URL} answered ${status}: ${text.slice(0, 300)}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 * (tries + 1)));
    }
  };
}

const MOST_TRIES = 10;
