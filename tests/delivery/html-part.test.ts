import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlFromText, insertHtml } from '../../src/delivery/html-part.ts';

const LINK = 'https://asks.vendor.example/a/tok.en';

test('paragraphs and line ends are kept', () => {
  expect(htmlFromText('Hi Ada,\n\none\ntwo\n')).toContain('<p>Hi Ada,</p>\n<p>one<br>\ntwo</p>');
});

test('markup in the text is shown and not obeyed', () => {
  const html = htmlFromText('<script>alert(1)</script> <img src=x onerror="x"> & \'y\'', [LINK]);
  expect(html).toContain(
    '&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=&quot;x&quot;&gt; &amp; &#39;y&#39;',
  );
});

test('our own link is a link, also before a full stop', () => {
  expect(htmlFromText(`See ${LINK}.`, [LINK])).toContain(`See <a href="${LINK}">${LINK}</a>.`);
});

test.each([
  'https://evil.example/win',
  `${LINK}extra`,
  'javascript:alert(1)',
  'https://asks.vendor.example/',
])('%s is no link', (url) => {
  expect(htmlFromText(`See ${url} now`, [LINK, 'javascript:alert(1)'])).not.toContain('<a ');
});

test('quoted lines are a quotation', () => {
  expect(htmlFromText('> Hi\n>\n> <b>', [])).toMatch(
    /<blockquote[^>]*>\n<p>Hi<\/p>\n<p>&lt;b&gt;<\/p>\n<\/blockquote>/,
  );
});

test('no text opens a tag of its own', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    'a',
    ' ',
    '\n',
    '\n\n',
    '> ',
    LINK,
    'https://evil.example/"><b>',
    '</p>',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const body = htmlFromText(pieces.join(''), [LINK]);
      const tags = body.replaceAll(`<a href="${LINK}">`, '').match(/<[^>]*>/g) ?? [];
      const ours =
        /^<(!doctype html|\/?html|\/?head|meta [^<>]*|body [^<>]*|\/body|\/?p|br|\/a|blockquote style="[^"<>]*"|\/blockquote)>$/;
      expect(tags.filter((tag) => !ours.test(tag))).toEqual([]);
    }),
  );
});

test('a piece goes inside the body, and to the end of what has none', () => {
  expect(insertHtml('<html><body class="x">\nHi</body></html>', '[n]', 'top')).toBe(
    '<html><body class="x">\n[n]Hi</body></html>',
  );
  expect(insertHtml('<html><body>Hi</body></html>', '[n]', 'bottom')).toBe('<html><body>Hi[n]</body></html>');
  expect(insertHtml('<p>Hi</p>', '[n]', 'top')).toBe('[n]<p>Hi</p>');
  expect(insertHtml('<p>Hi</p>', '[n]', 'bottom')).toBe('<p>Hi</p>[n]');
});
