import { isWebUrl } from './address.ts';

/**
 * The HTML part of a mail, made from its text: paragraphs, quotes (lines that start with `> `) and links.
 * Everything is escaped; only URLs listed in `links`, those we made ourselves, become links.
 */
export function htmlFromText(text: string, links: readonly string[] = []): string {
  const known = new Set(links.filter(isWebUrl));
  const blocks = text.trim().split(/\n[ \t]*\n+/);
  return document(blocks.map((block) => paragraph(block, known)).join('\n'));
}

/** Puts a piece of HTML at the end of a document, or before everything else in it. */
export function insertHtml(html: string, piece: string, where: 'top' | 'bottom'): string {
  const at = where === 'top' ? afterOpeningBody(html) : html.toLowerCase().lastIndexOf('</body>');
  if (at < 0) return where === 'top' ? piece + html : html + piece;
  return html.slice(0, at) + piece + html.slice(at);
}

/** A note or footer of our own as HTML, its URLs as links. */
export const htmlNote = (text: string, links: readonly string[] = []) =>
  `<p style="color:#555;font-size:13px">${linked(text, new Set(links.filter(isWebUrl)))}</p>\n`;

/** Text as it may stand in HTML, inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const document = (body: string) => `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#1a1a1a;max-width:38em">
${body}
</body></html>
`;

/** Quotes of quotes of quotes: nobody writes deeper, and whoever does is not followed down. */
const DEEPEST_QUOTE = 5;

function paragraph(block: string, known: ReadonlySet<string>, depth = 0): string {
  const lines = block.split('\n');
  if (depth < DEEPEST_QUOTE && lines.every((line) => line.startsWith('>'))) {
    const quoted = lines.map((line) => line.replace(/^> ?/, '')).join('\n');
    const inner = quoted
      .split(/\n[ \t]*\n+/)
      .map((part) => paragraph(part, known, depth + 1))
      .join('\n');
    return `<blockquote style="border-left:3px solid #ccc;margin:1em 0;padding-left:1em">\n${inner}\n</blockquote>`;
  }
  return `<p>${lines.map((line) => linked(line.trimEnd(), known)).join('<br>\n')}</p>`;
}

function linked(text: string, known: ReadonlySet<string>): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part) => {
      const [url = '', rest = ''] = splitPunctuation(part, known);
      return known.has(url)
        ? `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>${escapeHtml(rest)}`
        : escapeHtml(part);
    })
    .join('');
}

// "Here it is: https://x.example/a/b." ends in a full stop that is not part of the link. The look back keeps a long run
// of dots from being tried from each of them.
function splitPunctuation(part: string, known: ReadonlySet<string>): readonly [string, string] {
  if (known.has(part)) return [part, ''];
  const url = part.replace(/(?<![.,;:!?)\]])[.,;:!?)\]]+$/, '');
  return [url, part.slice(url.length)];
}

function afterOpeningBody(html: string): number {
  const [opening] = /<body\b[^>]*>\n?/i.exec(html) ?? [];
  return opening === undefined ? -1 : html.indexOf(opening) + opening.length;
}
