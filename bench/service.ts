import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export const WRITE_KEY = 'wk_bench';

export type RunningService = {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start to the first 200 of /readyz, which asks the database. */
  readonly startMs: number;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

/** Starts the built service, with the catalog as it ships, and waits until it answers. */
export async function startService(place: Readonly<Record<string, string>>): Promise<RunningService> {
  const port = await freePort();
  const environment = {
    PORT: String(port),
    WRITE_KEY,
    SECRET_KEY: 'sk_bench',
    LOG_LEVEL: 'error',
    MAIL_FROM: 'growth@vendor.example',
    ...place,
  };
  const startedAt = performance.now();
  const profile = process.env['BENCH_PROFILE'];
  const child = spawn(
    process.execPath,
    [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), 'dist/main.js'],
    {
      env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'], ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
