import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Child = {
  readonly pid: number;
  /** Every line it has said so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line that matches; rejects if the process ends without one. */
  readonly says: (what: RegExp) => Promise<string>;
  readonly tell: (line: string) => void;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Kills it as the system would, with no chance to tidy up, and waits until it is gone. */
  readonly kill: () => Promise<void>;
  /** Resolves with its exit code once it has ended by itself; null where it was killed. */
  readonly gone: Promise<number | null>;
};

/** Starts `child.ts`, from source. */
export function startChild(
  what: 'lock' | 'open' | 'write' | 'migrate',
  folder: string,
  ...more: readonly string[]
): Child {
  return startScript(fileURLToPath(new URL('./child.ts', import.meta.url)), what, folder, ...more);
}

/** Starts a script from source. */
export function startScript(script: string, ...args: readonly string[]): Child {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, ...args]);
  const lines: string[] = [];
  let complaints = '';
  child.stderr?.on('data', (text) => {
    complaints += text;
  });
  const reader = child.stdout === null ? undefined : createInterface(child.stdout);
  reader?.on('line', (line) => lines.push(line));
  const gone = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const says = (what: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines.find((said) => what.test(said));
        if (line !== undefined) resolve(line);
      };
      reader?.on('line', look);
      look();
      void gone.then(() => reject(new Error(`The child ended without saying ${what}: ${complaints}`)));
    });
  return {
    pid: child.pid ?? 0,
    gone,
    lines,
    says,
    tell: (line) => void child.stdin?.write(`${line}\n`),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
