import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, startOfProcess } from './process-start.ts';
import { codeOf } from './retry.ts';

/** Who holds a data folder. `started` tells a process from a later one with the same number. */
const Holder = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  started: z.string().optional(),
  since: z.string(),
});
type Holder = z.infer<typeof Holder>;

/**
 * Takes the folder for this process, because PGlite has no lock of its own and a second process on the
 * same files loses committed rows without a word. Never takes it from a holder that may be alive: only
 * from one that certainly ended on this host. Returns how to give it back; the end of the process does so too.
 * Throws an error that names the holder.
 *
 * The holder is the highest number in `lock/`. Whoever creates the next number has it, and only one can:
 * so two that find the same dead holder cannot both follow it.
 */
export function lockFolder(folder: string, now: Date): () => void {
  const locks = join(folder, 'lock');
  const draft = join(locks, `${randomUUID()}.draft`);
  try {
    mkdirSync(locks, { recursive: true });
    writeDurably(draft, JSON.stringify(thisProcess(now)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`DATA_DIR: ${folder} cannot be written to: ${reason}`, { cause: error });
  }
  try {
    return take(locks, draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

function take(locks: string, draft: string): () => void {
  for (;;) {
    const held = highest(locks);
    if (held > 0) refuseIfHeld(locks, held);
    const mine = join(locks, String(held + 1));
    if (!linkIfFree(draft, mine)) continue;
    // Another may have come and gone since we looked; a higher number than ours is the one that counts.
    if (highest(locks) !== held + 1) {
      rmSync(mine, { force: true });
      continue;
    }
    for (const older of numbers(locks))
      if (older <= held) rmSync(join(locks, String(older)), { force: true });
    const release = (): void => {
      process.off('exit', release);
      rmSync(mine, { force: true });
    };
    process.once('exit', release);
    return release;
  }
}

function refuseIfHeld(locks: string, number: number): void {
  const path = join(locks, String(number));
  const text = readIfThere(path);
  if (text === undefined) return; // given back since we looked
  const holder = parseHolder(text);
  if (holder === undefined) {
    throw new Error(
      `${path} should say which process uses this folder, but says ${JSON.stringify(text.slice(0, 80))}. ` +
        'If you are sure that no other Goodturn runs on this folder, delete that file and start again.',
    );
  }
  if (certainlyEnded(holder)) return;
  const same = holder.pid === process.pid && holder.host === hostname();
  throw new Error(
    `The data folder is in use by ${same ? 'this very process' : `process ${holder.pid} on ${holder.host}`}, since ${holder.since}. ` +
      'Two processes on one folder would lose data. Stop that one first, give this one another DATA_DIR, or set ' +
      `DATABASE_URL to a PostgreSQL, which serves any number.${
        holder.host === hostname()
          ? ''
          : ` If that host or container is gone for good, delete ${path} and start again.`
      }`,
  );
}

// From another host we cannot see its processes, so it may be alive.
function certainlyEnded(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  if (!isAlive(holder.pid)) return true;
  const started = startOfProcess(holder.pid);
  return started !== undefined && holder.started !== undefined && started !== holder.started;
}

function thisProcess(now: Date): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    started: startOfProcess(process.pid),
    since: now.toISOString(),
  };
}

function parseHolder(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function numbers(locks: string): number[] {
  return readdirSync(locks)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number);
}

function highest(locks: string): number {
  return Math.max(0, ...numbers(locks));
}

/** A link appears whole or not at all, so nobody ever reads half a lock. */
function linkIfFree(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
