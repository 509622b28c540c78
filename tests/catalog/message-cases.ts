import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type MessageCases = {
  /** `kind/name.yaml.txt`, in order. */
  readonly files: readonly string[];
  /** What expected.txt says of each. */
  readonly expected: ReadonlyMap<string, string>;
};

/**
 * The definitions of a folder and the messages that its expected.txt has for them: the file, then each message on a line
 * indented by two, then an empty line. After a change of words: WRITE_EXPECTED=1, and read what has changed.
 */
export function messageCases(
  folder: string,
  messagesOf: (file: string, text: string) => string,
): MessageCases {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: kind }) => readdirSync(join(folder, kind)).map((file) => `${kind}/${file}`))
    .sort();
  const path = join(folder, 'expected.txt');
  if (process.env['WRITE_EXPECTED']) {
    const blocks = files.map((file) => {
      const said = messagesOf(file, readFileSync(join(folder, file), 'utf8'));
      return `${file}\n${said.replace(/^/gm, '  ')}\n`;
    });
    writeFileSync(path, blocks.join('\n'));
  }
  const expected = new Map(
    readFileSync(path, 'utf8')
      .trim()
      .split('\n\n')
      .map((block) => {
        const [file = '', ...lines] = block.split('\n');
        return [file, lines.map((line) => line.slice(2)).join('\n')] as const;
      }),
  );
  return { files, expected };
}
