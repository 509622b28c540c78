import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  domainOf,
  isWebUrl,
  oneLine,
  parseAddress,
  safeLabel,
  safeName,
} from '../../src/delivery/address.ts';

describe('an address', () => {
  test.each([
    ['ada@acme.example', 'ada@acme.example'],
    ['  Ada.Lovelace+nps@ACME.Example ', 'Ada.Lovelace+nps@acme.example'],
    ["o'brien_{x}/y@acme.example", "o'brien_{x}/y@acme.example"],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['goodturn@localhost', 'goodturn@localhost'],
    [`${'a'.repeat(64)}@acme.example`, `${'a'.repeat(64)}@acme.example`],
  ])('%s is taken', (text, address) => {
    expect(parseAddress(text)).toEqual({ address });
  });

  test.each([
    '',
    'ada',
    'ada@',
    '@acme.example',
    'ada@acme',
    'ada@@acme.example',
    'a@b@acme.example',
    '.ada@acme.example',
    'ada.@acme.example',
    'a..da@acme.example',
    'ada@acme..example',
    'ada@-acme.example',
    'ada@acme-.example',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@0x7f.1',
    'ada@2130706433',
    'ada@acme.123',
    'ada@ac%6de.example',
    'ada@acme.example/x',
    'ada@acme_.example',
    `${'a'.repeat(65)}@acme.example`,
    `a@${'b'.repeat(64)}.example`,
    `a@${'bcdefghij.'.repeat(26)}example`,
    `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}`,
    'jörg@acme.example',
    'ada@acme.example\u0000',
    'a\u200bda@acme.example',
    'ada@ac\u00adme.example',
    'ada\u202e@acme.example',
    '\ud800@acme.example',
  ])('%j is a fault', (text) => {
    expect(parseAddress(text)).toHaveProperty('fault');
  });

  test('is one mailbox at one domain, whatever it was made from', () => {
    const piece = fc.constantFrom(
      'a',
      'b.c',
      '@',
      '.',
      ',',
      ';',
      ':',
      '"',
      '<',
      '>',
      '(',
      ')',
      ' ',
      '\r\n',
      '\0',
      '\\',
      'x.example',
      'ü',
      '[1]',
      '%40',
      '+t',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const parsed = parseAddress(pieces.join(''));
        if ('fault' in parsed) return;
        expect(parsed.address).toMatch(/^[^\s@<>"(),:;[\]\\]+@[a-z0-9.-]+$/);
        expect(parseAddress(parsed.address)).toEqual(parsed);
      }),
    );
  });

  test('has a domain', () => {
    expect(domainOf('ada@acme.example')).toBe('acme.example');
  });
});

describe('a name', () => {
  test.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['  Ada \r\n Lovelace\t', 'Ada Lovelace'],
    ['Ada\u0000\u202eLovelace', 'Ada Lovelace'],
    ['J.R. St.Clair, Ph.D.', 'J.R. St.Clair, Ph.D.'],
    ['Žofie Dvořák 👩‍💻', 'Žofie Dvořák 👩‍💻'],
    ['Ada https://evil.example/win now', 'Ada now'],
    ['Ada www.evil.example', 'Ada'],
    ['win at evil.com', 'win at'],
    ['evil.com/free?x Ada', 'Ada'],
    ['ada@evil.com', ''],
    ['<b>Ada</b>', 'b Ada /b'],
    ['x'.repeat(200), 'x'.repeat(80)],
    ['🙂'.repeat(100), '🙂'.repeat(80)],
  ])('%j is said as %j', (given, said) => {
    expect(safeName(given)).toBe(said);
  });

  test('of a company may look like a domain, but is no link', () => {
    expect(safeLabel('Booking.com')).toBe('Booking.com');
    expect(safeLabel('Acme https://evil.example')).toBe('Acme');
    expect(safeLabel('evil.com/win Acme')).toBe('Acme');
  });

  test('is one line without control characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const said of [safeName(text), safeLabel(text), oneLine(text)])
          expect(said).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u);
        expect([...safeName(text)].length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

test.each([
  ['https://vendor.example/a?b=c#d', true],
  ['http://localhost:4400/a/x', true],
  ['javascript:alert(1)', false],
  ['JAVASCRIPT:alert(1)', false],
  ['data:text/html,x', false],
  ['//evil.example', false],
  ['https://', false],
  ['https://x.example/"onclick="', false],
  ['https://x.example/a b', false],
  ['https://x.example/\r\nX: y', false],
])('%s as a link for people: %s', (url, fine) => {
  expect(isWebUrl(url)).toBe(fine);
});
