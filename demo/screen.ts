import { setTimeout as sleep } from 'node:timers/promises';

/** Wider than this is hard to read, however wide the terminal is. */
const WIDTH = 100;
const MARGIN = '  ';

export type Letter = {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
};

export type Screen = ReturnType<typeof createScreen>;

/** Tells a story in a plain terminal: at most 100 columns, in colour where that is wanted, at a pace to read along. */
export function createScreen(options: { readonly colour: boolean; readonly paced: boolean }) {
  const paint = (code: string) => (text: string) =>
    options.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  const bold = paint('1');
  const dim = paint('2');
  const green = paint('32');
  const yellow = paint('33');
  const cyan = paint('36');
  const print = (text = '') => process.stdout.write(text === '' ? '\n' : `${MARGIN}${text}\n`);
  const pause = (length: number) => (options.paced ? sleep(length) : Promise.resolve());
  const rule = (corner: string, label: string) =>
    dim(`${corner}─ `) + bold(label) + dim(` ${'─'.repeat(Math.max(2, WIDTH - 12 - label.length))}`);

  return {
    bold,
    dim,
    green,
    print,
    /** The name of the play. */
    title: (text: string) => {
      print();
      print(bold(text));
      print(dim('═'.repeat(text.length)));
    },
    /** A new moment of the story. */
    chapter: async (when: string, what: string) => {
      await pause(1500);
      print();
      print(`${cyan(when)}  ${bold(what)}`);
    },
    /** Running text. */
    say: (text: string) => {
      for (const line of wrap(text, WIDTH - 4)) print(line);
    },
    /** One thing that happened: a mark, a column for who or what, and words. */
    beat: async (mark: string, label: string, text: string, indent = 20) => {
      const [first = '', ...rest] = wrap(text, WIDTH - indent - 6);
      print(`${green(mark)} ${label.padEnd(indent)}${first}`);
      for (const line of rest) print(' '.repeat(indent + 2) + line);
      await pause(350);
    },
    /** Readiness as a bar, with what speaks for it and against it. */
    readiness: async (label: string, value: number, reasons: readonly string[]) => {
      const filled = Math.round(value / 5);
      const bar = (value >= 50 ? green : yellow)('█'.repeat(filled)) + dim('░'.repeat(20 - filled));
      const [first = '', ...rest] = reasons;
      print(`  ${label.padEnd(13)}${bar} ${bold(String(Math.round(value)).padStart(3))}   ${dim(first)}`);
      for (const reason of rest) print(`${' '.repeat(42)}${dim(reason)}`);
      await pause(600);
    },
    /** A mail as it arrived, its first lines at least. */
    letter: async (kind: string, { from, to, subject, text }: Letter, lines = 99) => {
      print();
      print(rule('╭', kind));
      const body = text
        .trimEnd()
        .split('\n')
        .flatMap((line) => wrapQuoted(line, WIDTH - 8));
      const shown = body.slice(0, lines);
      for (const line of [`From     ${from}`, `To       ${to}`, `Subject  ${subject}`])
        print(`${dim('│')} ${dim(line)}`);
      print(dim('│'));
      for (const line of shown) print(`${dim('│')} ${line}`.trimEnd());
      const left = body.length - shown.length;
      print(dim(left > 0 ? `╰─ and ${left} lines more, at the mail page` : '╰─'));
      await pause(2500);
    },
    /** A nudge as a product app draws it: a small card. */
    card: async (title: string, body: string, action: string) => {
      const inner = 62;
      const row = (text: string, shown = text) =>
        print(`  ${dim('│')} ${shown}${' '.repeat(Math.max(0, inner - text.length))} ${dim('│')}`);
      print();
      print(`  ${dim(`┌${'─'.repeat(inner + 2)}┐`)}`);
      row(`${title.padEnd(inner - 1)}✕`, `${bold(title.padEnd(inner - 1))}${dim('✕')}`);
      for (const line of wrap(body, inner)) row(line);
      row('');
      row(`[ ${action} ]`, green(`[ ${action} ]`));
      print(`  ${dim(`└${'─'.repeat(inner + 2)}┘`)}`);
      print();
      await pause(2000);
    },
  };
}

/** Breaks text into lines of at most `width`; a word that is longer, a link say, keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Keeps the mark of a quotation in front of each of its lines. */
function wrapQuoted(line: string, width: number): string[] {
  const mark = /^> ?/.exec(line)?.[0] ?? '';
  return wrap(line.slice(mark.length), width - mark.length).map((part) => mark + part);
}
