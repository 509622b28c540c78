import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, toText } from '../../src/console/html.ts';

describe('html', () => {
  test('a value is text wherever it stands', () => {
    const evil = `<script>alert(1)</script>"'&`;
    expect(toText(html`<p title="${evil}">${evil}</p>`)).toBe(
      '<p title="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;">&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;</p>',
    );
  });

  test('markup of our own stays markup, also in lists', () => {
    expect(toText(html`<ul>${['a', '<b>'].map((item) => html`<li>${item}</li>`)}</ul>`)).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>',
    );
  });

  test('nothing is nothing, and zero is a number', () => {
    expect(toText(html`${null}${undefined}${false}${0}`)).toBe('0');
  });

  test('whatever the value, it opens no tag and closes no quote', () => {
    const hostile = fc.array(fc.constantFrom('<', '>', '"', "'", '&', 'a', '`', '\u0000', '&lt;', '😀'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(hostile, (parts) => {
        const inside = toText(html`${parts.join('')}`);
        expect(inside).not.toMatch(/[<>"']/);
        expect(plain(inside)).toBe(parts.join(''));
      }),
    );
  });
});

function plain(text: string): string {
  const characters: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => characters[name] ?? '');
}
