import type { Command } from 'commander';
import type { FieldError } from '../errors.ts';
import { FaultyCatalog, publishByHand, rollBackCatalog } from '../use-cases/publish-catalog.ts';
import { catalogIn, configOf } from './arguments.ts';
import { CommandFault, type ExitCode, FINE, FOUND, type Io, writeJson } from './io.ts';
import { askService, ServiceRefusal } from './remote.ts';
import type { Run } from './run.ts';
import { withVersions } from './with-database.ts';

export function addPublish(program: Command, run: Run): void {
  program
    .command('publish')
    .description('put the definitions and messages on disk in force, as a new version')
    .option('--note <text>', 'what changed, for those who read the list of versions')
    .option('--catalog <folder>', 'the definitions; default TRIGGERS_DIR')
    .option('--json', 'one JSON document on standard output')
    .action((options: PublishOptions) => run((io) => publish(io, options)));
  program
    .command('rollback <version>')
    .description('put an earlier version in force again')
    .option('--json', 'one JSON document on standard output')
    .action((version: string, options: { json?: boolean }) => run((io) => rollBack(io, version, options)));
}

type PublishOptions = { readonly note?: string; readonly catalog?: string; readonly json?: boolean };

type Published = {
  readonly version: number;
  readonly hash: string;
  readonly published: boolean;
  readonly notes: readonly string[];
};

async function publish(io: Io, { note, catalog, json }: PublishOptions): Promise<ExitCode> {
  if (note !== undefined && note.length > LONGEST_NOTE)
    throw new CommandFault(`--note: got ${note.length} characters, expected at most ${LONGEST_NOTE}`);
  try {
    const result = await publishAnywhere(io, note, catalog);
    if (json) writeJson(io, result);
    else if (isPublished(result)) io.out(inWords(result));
    return FINE;
  } catch (error) {
    const faults = faultsIn(error);
    if (faults === undefined || !(error instanceof Error)) throw error;
    // A folder that is not there is no fault in what somebody wrote.
    if (error instanceof FaultyCatalog) catalogIn(configOf(io), catalog);
    if (json) writeJson(io, { published: false, faults });
    else io.err(`${error.message}\n`);
    return FOUND;
  }
}

/** As much as the service takes. */
const LONGEST_NOTE = 500;

function publishAnywhere(io: Io, note: string | undefined, catalog: string | undefined): Promise<unknown> {
  const own = configOf(io);
  const config = catalog === undefined ? own : { ...own, TRIGGERS_DIR: catalogIn(own, catalog) };
  return withVersions<unknown>(
    io,
    config,
    async ({ deps }) => {
      const by = { who: 'command line', at: 'hand' as const, ...(note === undefined ? {} : { note }) };
      const { inForce, published, notes } = await publishByHand(deps, by);
      return { version: inForce.version, hash: inForce.hash, published, notes };
    },
    () => {
      if (catalog !== undefined)
        throw new CommandFault(
          `--catalog: the service at ${config.BASE_URL} has the database open, and publishes the files of its own TRIGGERS_DIR`,
        );
      return askService(io, config, 'POST', '/v1/publish', note === undefined ? {} : { note });
    },
  );
}

/** What is wrong with the catalog, if that is why it could not be published, here or by the service. */
function faultsIn(error: unknown): readonly FieldError[] | undefined {
  if (error instanceof FaultyCatalog) return error.errors;
  return error instanceof ServiceRefusal && error.status === 400 ? error.errors : undefined;
}

function isPublished(value: unknown): value is Published {
  return typeof value === 'object' && value !== null && 'version' in value && 'notes' in value;
}

function inWords({ version, published, notes }: Published): string {
  const said = published
    ? `Version ${version} is in force.`
    : `Nothing has changed: version ${version} stays in force.`;
  return `${notes.length === 0 ? '' : `${notes.join('\n')}\n\n`}${said}\n`;
}

async function rollBack(io: Io, text: string, { json }: { json?: boolean }): Promise<ExitCode> {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1)
    throw new CommandFault(`got the version "${text}", expected a number like 3`);
  const config = configOf(io);
  const result = await withVersions<unknown>(
    io,
    config,
    ({ deps }) => rollBackCatalog(deps.db, version, deps.clock()),
    () => askService(io, config, 'POST', '/v1/rollback', { version }),
  );
  if (json) writeJson(io, result);
  else
    io.out(
      `Version ${version} is in force again. The files on disk are as they were: publish puts them in force.\n`,
    );
  return FINE;
}
