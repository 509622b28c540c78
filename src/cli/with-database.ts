import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Deps } from '../deps.ts';
import { createLog } from '../log.ts';
import { type DepsToPublish, isInUse, type Opened, openDeps, openToPublish } from '../use-cases/open-deps.ts';
import { CommandFault, type Io } from './io.ts';

type Work<D, Result> = (opened: Opened<D>) => Promise<Result>;
type Open<D> = (config: Config, log: Logger) => Promise<Opened<D>>;

/** Does work on the database of the configuration. Where the running service holds it, `otherwise` is done instead. */
export const withDatabase = <Result>(
  io: Io,
  config: Config,
  work: Work<Deps, Result>,
  otherwise?: () => Promise<Result>,
): Promise<Result> => withOpened(openDeps, io, config, work, otherwise);

/** The same for work on the versions of the catalog, of which there may be none yet. */
export const withVersions = <Result>(
  io: Io,
  config: Config,
  work: Work<DepsToPublish, Result>,
  otherwise: () => Promise<Result>,
): Promise<Result> => withOpened(openToPublish, io, config, work, otherwise);

async function withOpened<D, Result>(
  open: Open<D>,
  io: Io,
  config: Config,
  work: Work<D, Result>,
  otherwise?: () => Promise<Result>,
): Promise<Result> {
  const opened = await openUnlessInUse(open, io, config, otherwise === undefined);
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

async function openUnlessInUse<D>(
  open: Open<D>,
  io: Io,
  config: Config,
  isNeeded: boolean,
): Promise<Opened<D> | undefined> {
  try {
    return await open(config, createLog('error', { write: (line: string) => io.err(line) }));
  } catch (error) {
    if (!isInUse(error)) throw error;
    if (!isNeeded) return undefined;
    const [holder] = /^.*?since \S+?(?=\.\s|$)/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new CommandFault(
      `${holder ?? 'The data folder is in use'}. This command reads the database itself: stop that process for the moment, or let both use a PostgreSQL (DATABASE_URL).`,
    );
  }
}
