import type { Compiled, Expression, TemplateKind, TemplateNode } from './template.ts';
import type { TemplateContext } from './template-context.ts';

const LONGEST_OUTPUT = 256 * 1024;
const LONGEST_LINE = 200;
const MOST_ITEMS = 200;
const MOST_STEPS = 50_000;

type Scope = { readonly value: unknown; readonly index: number; readonly count: number };
type Page = { readonly kind: TemplateKind; parts: string[]; length: number; steps: number };

/**
 * The words of a message. Values are escaped in HTML, and never carry control characters anywhere.
 * Throws when the result would pass 256 kB or the template loops out of hand; no template does
 * either by accident, so the message is then not sent.
 */
export function renderTemplate(template: Compiled, context: TemplateContext): string {
  const page: Page = { kind: template.kind, parts: [], length: 0, steps: 0 };
  writeAll(template.nodes, [{ value: context, index: 0, count: 1 }], page);
  const written = page.parts.join('');
  return template.kind === 'subject'
    ? oneLine(written)
    : template.kind === 'text'
      ? tidy(written)
      : clean(written);
}

function writeAll(nodes: readonly TemplateNode[], scopes: readonly Scope[], page: Page): void {
  for (const node of nodes) write(node, scopes, page);
}

function write(node: TemplateNode, scopes: readonly Scope[], page: Page): void {
  page.steps += 1;
  if (page.steps > MOST_STEPS) throw new Error(`A message took more than ${MOST_STEPS} steps to write`);
  switch (node.kind) {
    case 'text':
      put(node.text, page);
      break;
    case 'value': {
      const value = words(evaluate(node.value, scopes));
      put(page.kind === 'html' ? escapeHtml(value) : value, page);
      break;
    }
    case 'if':
      writeAll(holds(evaluate(node.test, scopes)) ? node.yes : node.no, scopes, page);
      break;
    case 'each':
      writeEach(node, scopes, page);
      break;
    default:
      node satisfies never;
  }
}

function writeEach(node: TemplateNode & { kind: 'each' }, scopes: readonly Scope[], page: Page): void {
  const list = evaluate(node.list, scopes);
  const items: readonly unknown[] = Array.isArray(list) ? list.slice(0, MOST_ITEMS) : [];
  if (items.length === 0) writeAll(node.none, scopes, page);
  for (const [index, value] of items.entries()) {
    writeAll(node.item, [...scopes, { value, index, count: items.length }], page);
  }
}

function put(text: string, page: Page): void {
  page.length += text.length;
  if (page.length > LONGEST_OUTPUT) throw new Error(`A message is longer than ${LONGEST_OUTPUT / 1024} kB`);
  page.parts.push(text);
}

function evaluate(expression: Expression, scopes: readonly Scope[]): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return follow(scopes[expression.scope]?.value, expression.parts);
    case 'loop': {
      const { index, count } = scopes.at(-1) ?? { index: 0, count: 1 };
      return expression.name === 'index'
        ? index
        : expression.name === 'first'
          ? index === 0
          : index === count - 1;
    }
    case 'call':
      return call(expression, scopes);
    default:
      return expression satisfies never;
  }
}

// Own data properties only: a getter is code, and a prototype is not data.
function follow(value: unknown, parts: readonly string[]): unknown {
  let here = value;
  for (const part of parts) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return undefined;
    here = Object.getOwnPropertyDescriptor(here, part)?.value;
  }
  return here;
}

function call({ helper, given }: Expression & { kind: 'call' }, scopes: readonly Scope[]): unknown {
  const values = given.map((expression) => evaluate(expression, scopes));
  switch (helper) {
    case 'or':
      return values.find(holds);
    case 'date':
      return dateInWords(values[0]);
    case 'short':
      return shorten(words(values[0]), typeof values[1] === 'number' ? values[1] : LONGEST_LINE);
    default:
      return helper satisfies never;
  }
}

/** `14 May 2026`, the same for every reader: a day without a zone has no other honest form. */
function dateInWords(value: unknown): string {
  const instant = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof instant !== 'number' || !Number.isFinite(instant) || Math.abs(instant) > 8.64e15) return '';
  return DAY_MONTH_YEAR.format(instant);
}

const DAY_MONTH_YEAR = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** One line of at most `most` characters, cut between words. */
function shorten(text: string, most: number): string {
  const line = clean(text).replace(/\s+/g, ' ').trim();
  const letters = [...line];
  if (letters.length <= most) return line;
  const cut = letters.slice(0, Math.max(0, most - 1)).join('');
  const lastGap = cut.lastIndexOf(' ');
  return `${(lastGap > cut.length / 2 ? cut.slice(0, lastGap) : cut).replace(/(?<![\s,.;:])[\s,.;:]+$/, '')}…`;
}

// Handlebars' own idea of what is missing, so that nobody who knows it is surprised.
function holds(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

function words(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value)
    ? value
        .filter((item) => typeof item !== 'object')
        .map(words)
        .join(', ')
    : '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '=': '&#61;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`=]/g, (character) => ENTITIES[character] ?? character);
}

/** Without control characters but line ends and tabs, and without marks that turn the direction of writing. */
function clean(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029]/g, '\n');
  return lines.replace(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, '');
}

// A paragraph that a missing value left out leaves no hole. The look back keeps a long run of spaces from being tried
// from each of them.
function tidy(text: string): string {
  return `${clean(text)
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function oneLine(text: string): string {
  return [
    ...clean(text.replace(/[\r\n\t\u2028\u2029]+/g, ' '))
      .replace(/ {2,}/g, ' ')
      .trim(),
  ]
    .slice(0, LONGEST_LINE)
    .join('');
}
