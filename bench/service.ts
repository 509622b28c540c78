import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../tests/free-port.ts';

export const WRITE_KEY = 'wk_bench';

export type RunningService = {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start to the first 200 of /readyz, which asks the database. */
  readonly startMs: number;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

/** Starts the built service, with the catalog as it ships, and waits until it answers. */
export function startService(place: Readonly<Record<string, string>>): Promise<RunningService> {
  const profile = process.env['BENCH_PROFILE'];
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  return startChild([...profiling, ...NODE_FLAGS, 'dist/main.js'], {
    WRITE_KEY,
    SECRET_KEY: 'sk_bench',
    LOG_LEVEL: 'error',
    MAIL_FROM: 'growth@vendor.example',
    ...place,
  });
}

/** As `npm start` has them, unless BENCH_NODE_OPTIONS says otherwise. */
const NODE_FLAGS = process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? ['--max-semi-space-size=64'];

/** The server that one would write first, to compare with. */
export const startNaiveServer = (place: Readonly<Record<string, string>>): Promise<RunningService> =>
  startChild(['--import', 'tsx', 'bench/naive-server.ts'], place);

async function startChild(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], PORT: String(port), ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(child, 'close');
  const dead = gone.then(() => Promise.reject(new Error('The service ended before it answered.')));
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([answering(url), dead]);
  const startMs = performance.now() - startedAt;
  dead.catch(() => undefined);
  return {
    url,
    pid: child.pid ?? 0,
    startMs,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await gone;
    },
  };
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const ok = await fetch(`${url}/readyz`).then(
      (response) => response.body?.cancel().then(() => response.status === 200),
      () => false,
    );
    if (ok) return;
    await sleep(5);
  }
}
