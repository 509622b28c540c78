import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { catalogWith } from './faulty-catalog.ts';

const FOLDER = join(import.meta.dirname, 'faulty');

// expected.txt: the file, then what is said of it, each line indented by two, then an empty line.
const expected = new Map(
  readFileSync(join(FOLDER, 'expected.txt'), 'utf8')
    .trim()
    .split('\n\n')
    .map((block) => {
      const [file = '', ...lines] = block.split('\n');
      return [file, lines.map((line) => line.slice(2)).join('\n')] as const;
    }),
);

const files = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: kind }) => readdirSync(join(FOLDER, kind)).map((file) => `${kind}/${file}`));

describe('a faulty definition', () => {
  test('has its messages written down, and every message its definition', () => {
    expect([...expected.keys()].sort()).toEqual([...files].sort());
    expect(files.length).toBeGreaterThanOrEqual(100);
  });

  test.each(files)('%s says what came, what was expected and where', (file) => {
    const [kind = ''] = file.split('/');
    const { catalog, faults } = parseCatalog(catalogWith(kind, readFileSync(join(FOLDER, file), 'utf8')));
    expect(formatFaults(faults)).toBe(expected.get(file));
    expect(catalog).toBeUndefined();
  });
});

test('the catalog around the faulty definitions has no fault of its own', () => {
  expect(parseCatalog(catalogWith('program', 'next_steps: We write to them once.\n')).faults).toEqual([]);
});
