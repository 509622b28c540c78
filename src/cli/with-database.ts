import type { Config } from '../config.ts';
import { createLog } from '../log.ts';
import { isInUse, type OpenedDeps, openDeps } from '../use-cases/open-deps.ts';
import { CommandFault, type Io } from './io.ts';

/** Does work on the database of the configuration. Where the running service holds it, `otherwise` is done instead. */
export async function withDatabase<Result>(
  io: Io,
  config: Config,
  work: (opened: OpenedDeps) => Promise<Result>,
  otherwise?: () => Promise<Result>,
): Promise<Result> {
  const opened = await open(io, config, otherwise === undefined);
  if (opened === undefined) {
    if (otherwise === undefined) throw new Error('The database was not opened.');
    return otherwise();
  }
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

async function open(io: Io, config: Config, isNeeded: boolean): Promise<OpenedDeps | undefined> {
  try {
    return await openDeps(config, createLog('error', { write: (line: string) => io.err(line) }));
  } catch (error) {
    if (!isInUse(error)) throw error;
    if (!isNeeded) return undefined;
    const [holder] = /^.*?since \S+?(?=\.\s|$)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new CommandFault(
      `${holder ?? 'The data folder is in use'}. This command reads the database itself: stop that process for the moment, or let both use a PostgreSQL (DATABASE_URL).`,
    );
  }
}
