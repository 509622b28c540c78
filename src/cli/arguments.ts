import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { type Config, readConfig } from '../config.ts';
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
  if (at === undefined) {
    throw new CommandFault(
      `${option}: got "${text}", expected an instant like 2026-03-01T10:00:00Z or a day like 2026-03-01`,
    );
  }
  // JavaScript reads 30 February as 2 March.
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text.trim()) ?? [];
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (day !== undefined && Number(day) > last)
    throw new CommandFault(`${option}: got "${text}", but that month has ${last} days`);
  return at;
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

/** A file of text that can be read; `expected` says of what. */
export function fileIn(
  option: string,
  path: string,
  expected = 'JSON lines, each a Segment message',
): string {
  if (!existsSync(path)) throw new CommandFault(`${option}: there is no file ${path}`);
  if (!statSync(path).isFile()) throw new CommandFault(`${option}: ${path} is no file; expected ${expected}`);
  const fault = notText(beginningOf(option, path));
  if (fault === undefined) return path;
  throw new CommandFault(`${option}: ${path} ${fault(path)}; expected ${expected}`);
}

function beginningOf(option: string, path: string): Buffer {
  const start = Buffer.alloc(64);
  try {
    const file = openSync(path, 'r');
    try {
      return start.subarray(0, readSync(file, start));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/, (open|read).*$/, '') : String(error);
    throw new CommandFault(`${option}: ${path} cannot be read (${why})`);
  }
}

/** What the beginning of a file gives it away as. */
function notText(start: Buffer): ((path: string) => string) | undefined {
  const begins = (...bytes: number[]) => bytes.every((byte, i) => start[i] === byte);
  if (begins(0x1f, 0x8b)) return (path) => `is compressed; unpack it first, as with gunzip -k ${path}`;
  if (begins(0x50, 0x4b, 3, 4)) return () => 'is a zip archive; unpack it first';
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return () => 'is written in UTF-16; save it as UTF-8';
  if (start.includes(0)) return () => 'is no text';
  if (/^\uFEFF?\s*\[\s*\n/.test(start.toString()))
    return (path) => `is one long list; write a message a line, as with jq -c '.[]' ${path}`;
  return undefined;
}

/** A folder that is there. */
export function folderIn(option: string, path: string): string {
  if (!existsSync(path)) throw new CommandFault(`${option}: there is no folder ${path}`);
  if (!statSync(path).isDirectory()) throw new CommandFault(`${option}: ${path} is no folder`);
  return path;
}

/** The folder with the definitions: the one given, else the service's own. */
export function catalogIn(config: Pick<Config, 'TRIGGERS_DIR'>, given: string | undefined): string {
  return given === undefined ? folderIn('TRIGGERS_DIR', config.TRIGGERS_DIR) : folderIn('--catalog', given);
}

const SHOWN = 20;

/** Says which lines were left out. Throws when that leaves nothing. */
export function tellOfBadLines(
  io: Io,
  path: string,
  { events, bad, badCount, duplicates }: HistoryRead,
): void {
  for (const { line, reason } of bad.slice(0, SHOWN)) io.err(`${path}:${line}: ${printable(reason)}\n`);
  if (badCount > SHOWN) io.err(`… and ${plural(badCount - SHOWN, 'more line')} like these\n`);
  if (badCount > 0)
    io.err(`${plural(badCount, 'line')} of ${path} left out, ${plural(events, 'message')} read\n`);
  if (duplicates > 0)
    io.err(
      `${plural(duplicates, 'message')} came more than once and ${duplicates === 1 ? 'was' : 'were'} counted once\n`,
    );
  if (events + duplicates + badCount === 0) io.err(`${path} is empty\n`);
  if (events === 0 && badCount > 0) throw new CommandFault(`${path}: no line could be read`);
}

// What was on the line may hold what a terminal takes for orders.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const printable = (text: string) => text.replace(/[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD');
