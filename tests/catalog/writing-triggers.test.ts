import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { CATALOG_SCHEMAS } from '../../src/catalog/schemas.ts';

const page = readFileSync('docs/writing-triggers.md', 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const signals = blocks.filter((text) => text.startsWith('signals:')).at(-1) ?? '';

const FIRST_KEY: readonly (readonly [RegExp, string])[] = [
  [/^per_person:/, 'guardrails'],
  [/^ideal_customer:/, 'program'],
  [/^rules:/, 'rewards'],
  [/^owners:/, 'owners'],
  [/^signals:/, 'readiness'],
  [/^description:/, 'trigger'],
];

const MESSAGE = { 'subject.hbs': 'A question', 'text.hbs': 'Who else? {{link.advocate}}' };

const checked = (kind: string, text: string) =>
  parseCatalog({
    triggers: { 'readiness.yaml': signals, [`${kind}.yaml`]: text },
    templates: { 'promoter-email': MESSAGE, 'kind-words-draft': MESSAGE },
  });

describe('docs/writing-triggers.md', () => {
  const whole = blocks.flatMap((text) => {
    const kind = FIRST_KEY.find(([first]) => first.test(text))?.[1];
    return kind === undefined ? [] : [[kind, text] as const];
  });

  test('shows every kind of file whole', () => {
    expect(new Set(whole.map(([kind]) => kind))).toEqual(new Set(Object.keys(CATALOG_SCHEMAS)));
  });

  test.each(whole)('shows a %s that the check finds no fault in', (kind, text) => {
    expect(formatFaults(checked(kind, text).faults)).toBe('');
  });

  test.each(Object.keys(CATALOG_SCHEMAS))('has every key of a %s', (kind) => {
    const missing = keysOf(CATALOG_SCHEMAS[kind]).filter((key) => !new RegExp(`\\b${key}\\b`).test(page));
    expect(missing).toEqual([]);
  });
});

/** Every key that a schema knows, at any depth. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, below]) =>
    name === 'properties' && typeof below === 'object' && below !== null
      ? [...Object.keys(below), ...Object.values(below).flatMap(keysOf)]
      : keysOf(below),
  );
}
