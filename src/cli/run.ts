import { Refusal } from '../errors.ts';
import { COULD_NOT_RUN, CommandFault, type ExitCode, type Io } from './io.ts';

/** Runs what a command does, and ends the process as it says. */
export type Run = (action: (io: Io) => ExitCode | Promise<ExitCode>) => Promise<void>;

/** Runs a command. What its user can mend is told in one sentence; a fault of ours keeps its stack. */
export function runnerOf(io: Io, end: (code: ExitCode) => void): Run {
  return async (action) => {
    try {
      end(await action(io));
    } catch (error) {
      io.err(`goodturn: ${inWords(error, io)}\n`);
      end(COULD_NOT_RUN);
    }
  };
}

function inWords(error: unknown, io: Io): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof CommandFault || error instanceof Refusal || error.constructor === Error;
  if (isExpected && io.env['GOODTURN_DEBUG'] === undefined) return error.message;
  return error.stack ?? error.message;
}
