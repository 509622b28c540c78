import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Each folder of src and the folders whose code it may run. What is not listed is forbidden; types are erased and free. */
const mayImport: Record<string, readonly string[]> = {
  engine: [],
  referrals: ['engine'],
  sources: ['engine'],
  catalog: ['engine', 'referrals'],
  db: ['engine', 'referrals', 'generated'],
  delivery: ['engine', 'referrals', 'catalog'],
  'use-cases': ['engine', 'referrals', 'sources', 'catalog', 'db', 'delivery'],
  http: ['use-cases', 'sources', 'engine', 'referrals'],
  console: ['use-cases', 'delivery', 'engine', 'referrals', 'http'],
  cli: ['use-cases', 'engine'],
  jobs: ['use-cases', 'engine'],
  browser: [],
};

type Source = { readonly name: string; readonly text: string };

const sourcesOf = (folder: string): Source[] =>
  readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name: join(folder, name), text: readFileSync(join('src', folder, name), 'utf8') }));

const importsOf = (source: Source, types: 'with types' | 'without types'): string[] =>
  [...source.text.matchAll(/^(?:import|export)\s(type\s)?[^;]*?from '([^']+)'/gm)]
    .filter(([, isType]) => types === 'with types' || isType === undefined)
    .map(([, , path]) => path ?? '');

const folderIn = (path: string): string[] => {
  const [, folder] = /^(?:\.\.\/)+([\w-]+)\//.exec(path) ?? [];
  return folder === undefined ? [] : [folder];
};

describe('the dependency rule', () => {
  test.each(Object.entries(mayImport))('%s imports only what lies below it', (folder, allowed) => {
    const wrong = sourcesOf(folder).flatMap((source) =>
      importsOf(source, 'without types')
        .flatMap(folderIn)
        .filter((name) => name !== folder && !allowed.includes(name))
        .map((name) => `${source.name} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test.each(['engine', 'referrals', 'browser'])(
    '%s needs no package but zod, not even its types',
    (folder) => {
      const packages = sourcesOf(folder).flatMap((source) =>
        importsOf(source, 'with types').filter((path) => !/^\.|^zod$/.test(path)),
      );
      expect(packages).toEqual([]);
    },
  );

  test('the engine has no clock, no dice and no input or output', () => {
    const code = sourcesOf('engine').map(({ name, text }) => ({
      name,
      text: text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    }));
    const impure = code.filter(({ text }) =>
      /Date\.now|new Date\(\)|Math\.random|\bprocess\.|\bconsole\.|\bawait\b/.test(text),
    );
    expect(impure.map(({ name }) => name)).toEqual([]);
  });

  test('only the two programs read the environment', () => {
    const readers = sourcesOf('.').filter(
      ({ name, text }) => !name.startsWith('generated') && text.includes('process.env'),
    );
    expect(readers.map(({ name }) => name).sort()).toEqual(['cli.ts', 'main.ts']);
  });
});

describe('there is one door to each channel, and behind it the guardrails were asked', () => {
  test.each([
    ['email: mailer.send of an ask', /mailer\.send\(claimed/, ['use-cases/send-email.ts']],
    ['email: claimEmail', /\bclaimEmail\(/, ['use-cases/deliver-asks.ts', 'use-cases/send-email.ts']],
    ['email: sendEmail', /\bsendEmail\(/, ['use-cases/deliver-asks.ts', 'use-cases/send-email.ts']],
    ['draft: openDraft', /\bopenDraft\(/, ['use-cases/deliver-asks.ts', 'use-cases/open-draft.ts']],
    ['nudge: offer', /\boffer\(/, ['use-cases/deliver-asks.ts', 'use-cases/open-nudge.ts']],
    ['any mail at all', /mailer\.send\(/, ['use-cases/send-email.ts', 'use-cases/send-notices.ts']],
  ])('%s', (_, call, callers) => {
    const found = sourcesOf('.').filter(
      ({ name, text }) => /^(use-cases|jobs|http|\w+\.ts)/.test(name) && call.test(text),
    );
    expect(found.map(({ name }) => name).sort()).toEqual(callers);
  });
});

describe('the size of things', () => {
  test('no file is longer than 250 lines', () => {
    const long = sourcesOf('.')
      .filter(({ name }) => !name.startsWith('generated'))
      .filter(({ text }) => text.split('\n').length > 251 && !/^\/\/ Long because /m.test(text));
    expect(long.map(({ name, text }) => `${name}: ${text.split('\n').length}`)).toEqual([]);
  });

  test('no function is longer than 50 lines', () => {
    const long = sourcesOf('.')
      .filter(({ name }) => !name.startsWith('generated'))
      .flatMap((source) =>
        functionsOf(source.text).flatMap(({ head, lines }) =>
          lines > 50 ? [`${source.name}: ${head} (${lines})`] : [],
        ),
      );
    expect(long).toEqual([]);
  });
});

/** Top-level functions: from a line that begins one to the line that closes it at the same depth. */
function functionsOf(text: string): { head: string; lines: number }[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    if (!/^(?:export )?(?:async )?function\*? |^(?:export )?const \w+ = (?:async )?\(.*=> \{$/.test(line))
      return [];
    if (/^\/\/ Long because /.test(lines[start - 1] ?? '')) return [];
    const end = lines.findIndex((other, index) => index > start && /^\}/.test(other));
    return [{ head: line.slice(0, 60), lines: end - start + 1 }];
  });
}
