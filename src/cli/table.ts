/** How wide a page is. */
export const WIDTH = 100;

export type Column = { readonly title: string; readonly align?: 'left' | 'right'; readonly most?: number };

/** Rows under their titles, two spaces between columns; what is too long for its column ends in "…". */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = '  ',
): string {
  const widths = columns.map(({ title, most = WIDTH }, i) =>
    Math.min(most, Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? '')))),
  );
  const line = (cells: readonly string[]) =>
    (
      indent + columns.map(({ align = 'left' }, i) => fit(cells[i] ?? '', widths[i] ?? 0, align)).join('  ')
    ).trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}

export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const characters = [...text];
  const shown = characters.length > width ? `${characters.slice(0, Math.max(0, width - 1)).join('')}…` : text;
  const space = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'right' ? space + shown : shown + space;
}

const widthOf = (text: string) => [...text].length;

/** 12345 as `12,345`. */
export const count = (number: number): string => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

export const plural = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** Readiness to show: cut rather than rounded, so that 59.96 does not read as the 60 it misses. */
export const points = (value: number): string => (Math.floor(value * 10) / 10).toFixed(1);

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A bar for each number, as high as it is against the highest; a dot for none. */
export function bars(numbers: readonly number[], highest: number): string {
  return numbers
    .map((number) =>
      number === 0 ? '·' : (BLOCKS[Math.min(7, Math.ceil((8 * number) / Math.max(1, highest)) - 1)] ?? '█'),
    )
    .join('');
}

/** Text in lines of at most `width`, each after `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && widthOf(`${line} ${word}`) > width - indent.length) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}
