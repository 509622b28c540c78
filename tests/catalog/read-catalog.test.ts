import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog, readCatalog } from '../../src/catalog/read-catalog.ts';
import { catalogWith } from './faulty-catalog.ts';

describe('the check', () => {
  test('reports the faults of all files at once, in the order of the files', () => {
    const { faults } = parseCatalog({
      triggers: {
        'readiness.yaml': 'fans: { nps: { at_least: 19 } }\n',
        'guardrails.yaml': 'timezone: Mars\n',
        'b.yaml': 'channel: email\ntemplate: letter\nsend: nights\n',
        'a.yaml': 'channel: pigeon\ntemplate: letter\nwhen:\n  - signal: fan\n',
      },
      templates: { letter: { 'subject.hbs': 'Hi {{person.nmae}}', 'text.hbs': 'Hi' } },
    });
    expect(faults.map(({ file, line, path }) => `${file}:${line} ${path}`)).toEqual([
      'templates/letter/subject.hbs:1 ',
      'triggers/a.yaml:1 channel',
      'triggers/a.yaml:4 when[0].signal',
      'triggers/b.yaml:3 send',
      'triggers/guardrails.yaml:1 timezone',
      'triggers/readiness.yaml:1 fans.nps.at_least',
    ]);
  });

  test('blames no gate for signals that could not be read', () => {
    const { faults } = parseCatalog({
      triggers: {
        'readiness.yaml': 'fans: {{\n',
        'a.yaml': 'channel: email\ntemplate: t\nwhen:\n  - signal: fans\n',
      },
    });
    expect(new Set(faults.map(({ file }) => file))).toEqual(new Set(['triggers/readiness.yaml']));
  });

  test('misses readiness.yaml', () => {
    const { faults } = parseCatalog({ triggers: { 'a.yaml': 'channel: email\ntemplate: t\n' } });
    expect(formatFaults(faults)).toBe(
      'triggers/readiness.yaml: the file is missing; it names the signals that readiness is made of',
    );
  });

  test('refuses two files of one name', () => {
    const text = 'channel: email\ntemplate: t\n';
    const { faults } = parseCatalog({
      triggers: { 'readiness.yaml': 'f: { nps: { at_least: 9 } }\n', 'a.yaml': text, 'a.yml': text },
    });
    expect(formatFaults(faults)).toBe(
      'triggers/a.yml: "a" is defined twice, in a .yaml and a .yml file; keep one of them',
    );
  });

  test('notes triggers that can never ask, and why', () => {
    const { notes } = parseCatalog(
      catalogWith(
        'trigger',
        'status: live\nchannel: email\ntemplate: letter\nwhen:\n  - readiness: { at_least: 80 }\n  - signal: support_trouble\nunless:\n  - signal: support_trouble\n',
      ),
    );
    const said = formatFaults(notes);
    expect(said).toContain('it wants a readiness of 80, and all signals together reach 70');
    expect(said).toContain(
      'triggers/case.yaml:6 when[1]: can never ask: the signal support_trouble wanted here',
    );
    expect(said).toContain('it wants support_trouble, which guardrails.yaml lists in block_when');
  });

  test('notes a fallback that does nothing', () => {
    const { catalog, notes } = parseCatalog(
      catalogWith(
        'trigger',
        'status: live\nchannel: email\ntemplate: letter\nfallback: { channel: email, after: 18h }\n',
      ),
    );
    expect(catalog).toBeDefined();
    expect(formatFaults(notes)).toContain(
      'triggers/case.yaml:4 fallback: only a draft has a fallback, and the channel is email, so this does nothing',
    );
  });

  test('notes a canonical event that is spelled otherwise', () => {
    const { notes } = parseCatalog(
      catalogWith('trigger', 'status: live\non: Nps answered\nchannel: email\ntemplate: letter\n'),
    );
    expect(formatFaults(notes)).toContain('did you mean "NPS Answered"?');
  });

  test('says which folder there is not', async () => {
    const { faults, catalog } = await readCatalog({
      triggersDir: '/nowhere/triggers',
      templatesDir: '/nowhere/templates',
    });
    expect(catalog).toBeUndefined();
    expect(formatFaults(faults)).toBe(
      '/nowhere/templates: there is no such folder\n/nowhere/triggers: there is no such folder',
    );
  });

  test('says of a file that is no text in UTF-8, or is not read for its name, what to do about it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'goodturn-catalog-'));
    try {
      const text = 'fans: { nps: { at_least: 9 }, points: 40, says: "Süß" }\n';
      writeFileSync(join(directory, 'readiness.yaml'), text);
      writeFileSync(join(directory, 'latin.yaml'), Buffer.from(text, 'latin1'));
      writeFileSync(join(directory, 'wide.yaml'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
      writeFileSync(join(directory, 'picture.yaml'), Buffer.from([1, 0, 2, 0]));
      writeFileSync(join(directory, 'saved.yaml.txt'), text);
      writeFileSync(join(directory, 'LOUD.YAML'), text);
      const { catalog, faults } = await readCatalog({ triggersDir: directory });
      expect(catalog).toBeUndefined();
      expect(formatFaults(faults).replaceAll(`${directory}/`, '').split('\n')).toEqual([
        'LOUD.YAML: is not read: definitions end in .yaml; call it LOUD.yaml',
        'latin.yaml: the file is not written in UTF-8; save it as UTF-8',
        'picture.yaml: this is no text file',
        'saved.yaml.txt: is not read: definitions end in .yaml; call it saved.yaml',
        'wide.yaml: the file is written in UTF-16; save it as UTF-8',
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('names the file that was meant, when a trigger is none', () => {
    const { faults } = parseCatalog({
      triggers: { 'readiness.yaml': 'f: { nps: { at_least: 9 } }\n', 'guardrail.yaml': 'timezone: UTC\n' },
    });
    expect(formatFaults(faults)).toBe(
      'triggers/guardrail.yaml:1: a trigger by its name, and none by what it says; did you mean guardrails.yaml?',
    );
  });

  test('takes gates that only look as if they contradicted each other', () => {
    const canAsk = (gates: string) => {
      const { notes } = parseCatalog(
        catalogWith('trigger', `status: live\non: NPS Answered\nchannel: email\ntemplate: letter\n${gates}`),
      );
      expect(formatFaults(notes)).not.toContain('can never ask');
    };
    canAsk('when: [{ signal: promoter }]\nunless: [{ signal: { name: promoter, within: 30d } }]\n');
    canAsk('when: [{ tenure: { at_least: 30d } }]\nunless: [{ tenure: { at_least: 90d } }]\n');
    canAsk(
      'when: [{ asked: { within: 7d, channel: email } }]\nunless: [{ asked: { within: 30d, channel: nudge } }]\n',
    );
    canAsk('when: [{ event: { score: { above: 6 } } }]\nunless: [{ event: { score: 10, comment: x } }]\n');
    canAsk(
      'when: [{ readiness: { at_least: 60, at_most: 70 } }]\nunless: [{ readiness: { at_most: 65 } }]\n',
    );
    canAsk('when: [{ account: { plan: { in: [trial, team] } } }]\n');
    canAsk('kind: thanks\nwhen: [{ signal: support_trouble }]\n');
  });

  test('reads folders, and leaves alone what is no definition', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'goodturn-catalog-'));
    try {
      writeFileSync(join(directory, 'readiness.yml'), '\uFEFFfans: { nps: { at_least: 9 }, points: 40 }\r\n');
      writeFileSync(join(directory, 'README.md'), '# Ours');
      const checked = await readCatalog({ triggersDir: directory });
      expect(formatFaults(checked.faults)).toBe('');
      expect(checked.catalog?.catalog.signals.map(({ name }) => name)).toEqual(['fans']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a catalog', () => {
  test('is the same when read again from the texts stored with it', async () => {
    const first = await readCatalog({ triggersDir: 'triggers', templatesDir: 'templates' });
    const again = parseCatalog(JSON.parse(JSON.stringify(first.source)));
    expect(again.catalog).toEqual(first.catalog);
  });

  test('has a hash that comments and the order of keys do not change, and a number does', () => {
    const hashOf = (text: string) => parseCatalog(catalogWith('trigger', text)).catalog?.hash;
    const hash = hashOf('channel: email\ntemplate: letter\npriority: 3\n');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf('# why\npriority: 3\ntemplate: letter\nchannel: email\n')).toBe(hash);
    expect(hashOf('channel: email\ntemplate: letter\npriority: 4\n')).not.toBe(hash);
  });

  test('is read or refused, and nothing is thrown, whatever a file holds', () => {
    const word = fc.constantFrom(
      'on',
      'when',
      'signal',
      '{',
      '}',
      '[',
      ']',
      ':',
      '-',
      '\n',
      '\n  ',
      ' ',
      '"',
      '&a',
      '*a',
      '!x',
      '|',
      '>',
      '0',
      'null',
      '<<',
      '?',
      '#',
      'readiness',
      'email',
      '%',
      '{{',
      '}}',
      '__proto__',
      '\t',
      '---',
    );
    const text = fc.array(word, { maxLength: 25 }).map((words) => words.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom('trigger', 'readiness', 'guardrails', 'program', 'rewards', 'owners'),
        text,
        (kind, content) => {
          const { catalog, faults } = parseCatalog(catalogWith(kind, content));
          expect(catalog === undefined).toBe(faults.length > 0);
        },
      ),
      { numRuns: 400 },
    );
  });
});
