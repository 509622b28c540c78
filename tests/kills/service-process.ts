import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export type ServiceProcess = {
  readonly pid: number;
  /** Milliseconds from start to the line that says where it listens; undefined when it ended before. */
  readonly ready: Promise<number | undefined>;
  /** `kill -9`, at once: nothing of the process runs after it. */
  readonly kill: () => void;
  /** Asks it to stop in order. */
  readonly stop: () => void;
  /** Stops it in the middle of whatever it does, until it is thawed. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly gone: Promise<{ readonly code: number | null }>;
  readonly output: () => string;
};

/** Starts the service as it is shipped: the built program in a process of its own, with these flags of Node. */
export function startServiceProcess(
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): ServiceProcess {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, resolve('dist/main.js')], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Whoever stops the tests stops it too.
  const last = () => void child.kill('SIGKILL');
  process.once('exit', last);
  child.once('close', () => process.off('exit', last));
  let output = '';
  const ready = new Promise<number | undefined>((answer) => {
    const hear = (text: Buffer) => {
      output = (output + text.toString()).slice(-20_000);
      if (output.includes('Goodturn listens on')) answer(performance.now() - startedAt);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => answer(undefined));
  });
  return {
    pid: child.pid ?? 0,
    ready,
    kill: () => void child.kill('SIGKILL'),
    stop: () => void child.kill('SIGTERM'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    gone: once(child, 'close').then(([code]) => ({ code: typeof code === 'number' ? code : null })),
    output: () => output,
  };
}
