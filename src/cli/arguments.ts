import { existsSync, statSync } from 'node:fs';
import { type Config, readConfig } from '../config.ts';
import type { Workspace } from '../engine/account.ts';
import { readDate } from '../engine/date.ts';
import type { Instant } from '../engine/time.ts';
import type { HistoryRead } from '../use-cases/read-history.ts';
import { CommandFault, type Io } from './io.ts';
import { plural } from './table.ts';

/** The environment as the service reads it. */
export const configOf = (io: Io): Config => readConfig(io.env);

/** An instant as a person types it: `2026-03-01T10:00:00Z`, or a day, meaning its first moment in UTC. */
export function instantIn(option: string, text: string): Instant {
  const at = readDate(text);
  if (at !== undefined) return at;
  throw new CommandFault(
    `${option}: got "${text}", expected an instant like 2026-03-01T10:00:00Z or a day like 2026-03-01`,
  );
}

/** The bounds of a report, as far as they were given. */
export function boundsIn({ from, to }: { readonly from?: string; readonly to?: string }): {
  from?: Instant;
  to?: Instant;
} {
  const bounds = {
    ...(from === undefined ? {} : { from: instantIn('--from', from) }),
    ...(to === undefined ? {} : { to: instantIn('--to', to) }),
  };
  if (bounds.from !== undefined && bounds.to !== undefined && bounds.from > bounds.to) {
    throw new CommandFault(`--from (${from}) is later than --to (${to})`);
  }
  return bounds;
}

/** A file that can be read. */
export function fileIn(option: string, path: string): string {
  if (!existsSync(path)) throw new CommandFault(`${option}: there is no file ${path}`);
  if (!statSync(path).isFile())
    throw new CommandFault(`${option}: ${path} is no file, expected JSON lines, each a Segment message`);
  return path;
}

export function folderIn(option: string, path: string): string {
  if (!existsSync(path)) throw new CommandFault(`${option}: there is no folder ${path}`);
  if (!statSync(path).isDirectory()) throw new CommandFault(`${option}: ${path} is no folder`);
  return path;
}

/** The folder with the definitions: the one given, else the service's own. */
export function catalogIn(config: Pick<Config, 'TRIGGERS_DIR'>, given: string | undefined): string {
  return given === undefined ? folderIn('TRIGGERS_DIR', config.TRIGGERS_DIR) : folderIn('--catalog', given);
}

export function workspaceOf({ TEAM_DOMAINS, DEFAULT_OWNER_EMAIL }: Config): Workspace {
  return {
    teamDomains: TEAM_DOMAINS,
    ...(DEFAULT_OWNER_EMAIL === undefined ? {} : { defaultOwnerEmail: DEFAULT_OWNER_EMAIL }),
  };
}

const SHOWN = 20;

/** Says which lines were left out. Throws when that leaves nothing. */
export function tellOfBadLines(
  io: Io,
  path: string,
  { events, bad, badCount, duplicates }: HistoryRead,
): void {
  for (const { line, reason } of bad.slice(0, SHOWN)) io.err(`${path}:${line}: ${reason}\n`);
  if (badCount > SHOWN) io.err(`… and ${plural(badCount - SHOWN, 'more line')} like these\n`);
  if (badCount > 0)
    io.err(`${plural(badCount, 'line')} of ${path} left out, ${plural(events, 'message')} read\n`);
  if (duplicates > 0)
    io.err(
      `${plural(duplicates, 'message')} came more than once and ${duplicates === 1 ? 'was' : 'were'} counted once\n`,
    );
  if (events === 0 && badCount > 0) throw new CommandFault(`${path}: no line could be read`);
}
