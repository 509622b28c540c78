import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_GUARDRAILS } from '../../src/catalog/default-guardrails.ts';
import { runExamples } from '../../src/catalog/examples.ts';
import { formatFaults } from '../../src/catalog/fault.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { CATALOG_SCHEMAS } from '../../src/catalog/schemas.ts';
import { HOUR } from '../../src/engine/time.ts';

const checked = await readCatalog({ triggersDir: 'triggers', templatesDir: 'templates' });
const published = checked.catalog;

describe('the catalog that comes with Goodturn', () => {
  test('has no fault and nothing to note', () => {
    expect(formatFaults(checked.faults)).toBe('');
    expect(formatFaults(checked.notes)).toBe('');
  });

  const results = published ? runExamples(published.catalog, checked.examples) : [];
  test.each(results.map((result) => [result.trigger, result.example, result] as const))(
    '%s: %s',
    (_trigger, _name, result) => {
      expect(result.passed, `expected: ${result.expected}; happened: ${result.happened}`).toBe(true);
    },
  );

  test('has an example for every trigger', () => {
    expect(checked.examples.filter(({ examples }) => examples.length === 0)).toEqual([]);
    expect(results.length).toBeGreaterThan(15);
  });

  test('keeps the guardrails at their defaults', () => {
    expect(published?.catalog.guardrails).toEqual(DEFAULT_GUARDRAILS);
  });

  test('asks a promoter through their CSM first, and by email when nobody acts', () => {
    const promoter = published?.catalog.triggers.find(({ name }) => name === 'promoter-email');
    expect(promoter).toMatchObject({
      channel: 'draft',
      fallback: { channel: 'email', after: 18 * HOUR },
      deadline: 24 * HOUR,
      latest: 72 * HOUR,
    });
  });

  test('shouts in none of its messages', () => {
    const shouting = [...(published?.templates.values() ?? [])].flatMap(({ name, files }) =>
      Object.entries(files)
        .filter(([, source]) => /!/.test(source.replace(/\{\{!--.*?--\}\}/gs, '')))
        .map(([file]) => `${name}/${file}`),
    );
    expect(shouting).toEqual([]);
  });

  // After a change of the readers: WRITE_SCHEMAS=1 vitest run tests/catalog/default-catalog.test.ts
  test.each(Object.entries(CATALOG_SCHEMAS))(
    'has a JSON Schema for editors that says what is checked: %s',
    (name, schema) => {
      const path = `triggers/.schema/${name}.json`;
      if (process.env['WRITE_SCHEMAS']) writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );

  test('names its schema in every file', () => {
    const files = readdirSync('triggers').filter((name) => name.endsWith('.yaml'));
    const own = ['readiness', 'guardrails', 'program', 'rewards', 'owners'];
    for (const file of files) {
      const stem = file.replace('.yaml', '');
      const schema = own.includes(stem) ? stem : 'trigger';
      expect(readFileSync(`triggers/${file}`, 'utf8'), file).toContain(`$schema=./.schema/${schema}.json`);
    }
  });
});
