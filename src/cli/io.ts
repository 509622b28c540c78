/** Where a command writes, and what it knows of its surroundings. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output: the result, and nothing else. */
  readonly out: (text: string) => void;
  /** Standard error: progress, warnings, faults. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  readonly errIsTerminal: boolean;
};

/** What a command ends with: fine, it found something, it could not run. */
export const FINE = 0;
export const FOUND = 1;
export const COULD_NOT_RUN = 2;
export type ExitCode = typeof FINE | typeof FOUND | typeof COULD_NOT_RUN;

/** A command could not run, for a reason that its user can mend: shown without a stack. */
export class CommandFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandFault';
  }
}

/** The one JSON document of a command. */
export function writeJson(io: Io, document: unknown): void {
  io.out(`${JSON.stringify(document)}\n`);
}

/** Shows how far a long work is, on a terminal only, a few times a second. */
export function progressOn(io: Io, what: string): (done: number, total: number) => void {
  if (!io.errIsTerminal) return () => {};
  let shown = '';
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const line = percent >= 100 ? '' : `${what} … ${percent} %`;
    if (line === shown) return;
    io.err(`\r${line.padEnd(shown.length)}${line === '' ? '\r' : ''}`);
    shown = line;
  };
}

/** Words in bold or faint, where the terminal has them and NO_COLOR does not forbid it. */
export function stylesOf(io: Io): { readonly bold: Style; readonly faint: Style } {
  const plain: Style = (text) => text;
  const isStyled = io.isTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
  const style = (on: number, off: number): Style =>
    isStyled ? (text) => `\u001B[${on}m${text}\u001B[${off}m` : plain;
  return { bold: style(1, 22), faint: style(2, 22) };
}

export type Style = (text: string) => string;
