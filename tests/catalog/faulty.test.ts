import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { catalogOf, catalogWith } from './faulty-catalog.ts';
import { messageCases } from './message-cases.ts';

const FAULTY = join(import.meta.dirname, 'faulty');
const DOUBTFUL = join(import.meta.dirname, 'doubtful');

const check = (file: string, text: string) => parseCatalog(catalogOf(file, text));
const faultsOf = (file: string, text: string) => formatFaults(check(file, text).faults);
// What is said of the sound catalog around a definition is not about the definition.
const around = formatFaults(parseCatalog(catalogWith('program', 'next_steps: We write once.\n')).notes).split(
  '\n',
);
const notesOf = (file: string, text: string) =>
  formatFaults(check(file, text).notes)
    .split('\n')
    .filter((line) => !around.includes(line))
    .join('\n');

describe('a faulty definition', () => {
  const { files, expected } = messageCases(FAULTY, faultsOf);

  test('has its messages written down, and every message its definition', () => {
    expect([...expected.keys()].sort()).toEqual(files);
    for (const kind of ['guardrails', 'readiness', 'template', 'trigger'])
      expect(files.filter((file) => file.startsWith(`${kind}/`)).length, kind).toBeGreaterThanOrEqual(25);
    expect(files.length).toBeGreaterThanOrEqual(250);
  });

  test.each(files)('%s says what came, what was expected and where', (file) => {
    const { catalog, faults } = check(file, readFileSync(join(FAULTY, file), 'utf8'));
    expect(formatFaults(faults)).toBe(expected.get(file));
    expect(catalog).toBeUndefined();
  });
});

describe('a doubtful definition', () => {
  const { files, expected } = messageCases(DOUBTFUL, notesOf);

  test('has its messages written down, and every message its definition', () => {
    expect([...expected.keys()].sort()).toEqual(files);
  });

  test.each(files)('%s is told of, and is allowed', (file) => {
    const text = readFileSync(join(DOUBTFUL, file), 'utf8');
    expect(notesOf(file, text)).toBe(expected.get(file));
    const { catalog, faults } = check(file, text);
    expect(formatFaults(faults)).toBe('');
    expect(catalog).toBeDefined();
  });
});

test('the catalog around them has no fault of its own', () => {
  expect(parseCatalog(catalogWith('program', 'next_steps: We write to them once.\n')).faults).toEqual([]);
});
