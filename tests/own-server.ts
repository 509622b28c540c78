import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A PostgreSQL server of a test's own, to do to it what nobody does to one that others use. */
export type OwnServer = {
  readonly url: string;
  /** Ends every one of its processes where it stands, as `pg_ctl stop -m immediate` does: the next start recovers. */
  readonly stopAtOnce: () => Promise<void>;
  /** `kill -9` of the process that all others descend from. */
  readonly kill: () => Promise<void>;
  /** `kill -9` of one process that serves a client of this name: the server ends all others and recovers by itself. */
  readonly killBackend: (application: string) => Promise<void>;
  /** Resolves when it answers; starts it again if it is down. */
  readonly answers: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

const DEBIAN = '/usr/lib/postgresql';
/** The server refuses to run as root; this is `nobody`. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

/** Where the server programs of PostgreSQL are on this machine, the newest first; undefined where there are none. */
export function serverPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(DEBIAN, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

/** Makes a cluster in a temporary folder and starts it on a free port. */
export async function startOwnServer(programs: string): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-server-'));
  const data = join(folder, 'data');
  const as = { cwd: folder, ...(isRoot ? NOBODY : {}) };
  if (isRoot) chownSync(folder, NOBODY.uid, NOBODY.gid);
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    { ...as, stdio: 'pipe' },
  );
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const options = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'];
  let server: ChildProcess | undefined;
  let said = '';
  const launch = (): ChildProcess => {
    const child = spawn(join(programs, 'postgres'), options, { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
    const last = () => void child.kill('SIGQUIT');
    process.once('exit', last);
    child.once('exit', () => process.off('exit', last));
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4_000);
    });
    return child;
  };
  const isDown = () => server === undefined || server.exitCode !== null || server.signalCode !== null;
  const answers = async () => {
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      // After a kill -9 of the first process it cannot start until the last of the others has noticed.
      if (isDown()) server = launch();
      if (await query(url, 'select 1').catch(() => undefined)) return;
      await sleep(50);
    }
    throw new Error(`The server does not answer: ${said}`);
  };
  const end = async (name: NodeJS.Signals) => {
    if (server === undefined || isDown()) return;
    const gone = once(server, 'exit');
    server.kill(name);
    await gone;
  };
  await answers();
  return {
    url,
    stopAtOnce: () => end('SIGQUIT'),
    kill: () => end('SIGKILL'),
    killBackend: async (application) => {
      const rows = await query(url, 'select pid from pg_stat_activity where application_name = $1', [
        application,
      ]);
      const pid = rows[Math.floor(Math.random() * rows.length)]?.['pid'];
      if (typeof pid === 'number') process.kill(pid, 'SIGKILL');
    },
    answers,
    remove: async () => {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  client.on('error', () => {}); // the server may die at any moment
  try {
    await client.connect();
    return (await client.query(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
