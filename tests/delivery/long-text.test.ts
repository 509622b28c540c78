import { expect, test } from 'vitest';
import { renderTemplate } from '../../src/catalog/render-template.ts';
import { compileTemplate } from '../../src/catalog/template.ts';
import { emptyContext } from '../../src/catalog/template-context.ts';
import { isWebUrl, oneLine, parseAddress, safeLabel, safeName } from '../../src/delivery/address.ts';
import { htmlFromText } from '../../src/delivery/html-part.ts';

/** As long as a form of ours may be; a pattern that tries it from each place to its end takes many seconds. */
const LENGTH = 64_000;

const texts = ['a', 'a.', 'a.bb', '.', ' ', '\t ', '\n ', '> ', 'a@', 'ß.', '-', '\u0301'].flatMap((unit) => {
  const long = unit.repeat(LENGTH / unit.length);
  return [long, `${long}x`, `https://a${long}x`, `x${long}\nx`];
});

const shown = compileTemplate('{{event.properties.words}}\n{{short event.properties.words 5000}}', 'text', {
  file: 'text.hbs',
});
if (Array.isArray(shown)) throw new Error('The template of this test is faulty.');

test.each([
  ['safeName', safeName],
  ['safeLabel', safeLabel],
  ['oneLine', oneLine],
  ['parseAddress', parseAddress],
  ['an address at a long domain', (text: string) => parseAddress(`a@${text}.example`)],
  ['isWebUrl', isWebUrl],
  ['htmlFromText', (text: string) => htmlFromText(text, ['https://a.example/'])],
  [
    'a template',
    (words: string) => {
      const { event, ...others } = emptyContext();
      return renderTemplate(shown, { ...others, event: { ...event, properties: { words } } });
    },
  ],
] as const)('%s is done at once with whatever a stranger writes, however long', (_name, read) => {
  for (const text of texts) {
    const before = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(before);
    expect({ text: text.slice(0, 12), tookLong: user + system > 1_000_000 }).toMatchObject({
      tookLong: false,
    });
  }
});
