import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program.ts';

export type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** A folder of the test's own, and the command line run in it. */
export function createDesk(environment: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-cli-'));
  const env = { DATA_DIR: join(folder, 'data'), ...environment };
  return {
    folder,
    /** Writes a file and says where. */
    file: (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    /** A command, in this process. */
    run: async (...words: string[]): Promise<Ran> => {
      const said = { stdout: '', stderr: '' };
      const io = {
        env,
        out: (text: string) => {
          said.stdout += text;
        },
        err: (text: string) => {
          said.stderr += text;
        },
        isTerminal: false,
        errIsTerminal: false,
      };
      const status = await createProgram(io)(words);
      return { status, ...said };
    },
    /** A command, as its user starts it. */
    start: (...words: string[]): Ran => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...words], {
        encoding: 'utf8',
        // Vitest sets names of its own, MODE and BASE_URL among them.
        env: { PATH: process.env['PATH'], ...env },
      });
      return { status: status ?? -1, stdout, stderr };
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Segment messages, one a line. */
export const linesOf = (messages: readonly object[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');
