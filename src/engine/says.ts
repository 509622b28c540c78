import { nameInWords } from './because.ts';
import type { Scalar, Signal } from './catalog.ts';
import type { JsonObject, PersonId } from './event.ts';
import { valueAt } from './match.ts';
import { memoize } from './memoize.ts';
import type { Facts } from './reading.ts';
import { own, put } from './record.ts';
import type { Said } from './state.ts';

const PLACE = /\{\{\{?\s*([^{}]*?)\s*\}?\}\}/g;
const LONGEST = 300;

/** A person's name for a sentence; undefined renders as nothing. */
export type PersonName = (id: PersonId) => string | undefined;

/** A signal's sentence with its facts filled in; without a sentence, what the signal is called. */
export function sentenceOf(
  signal: Pick<Signal, 'name' | 'says'>,
  facts: Facts,
  personName: PersonName,
): string {
  if (signal.says === undefined) return nameInWords(signal.name);
  return renderSays(signal.says, (name) => {
    const said = facts.said && own(facts.said, name);
    switch (name) {
      case 'count':
      case 'from':
      case 'to':
      case 'value':
        return facts[name] ?? said;
      case 'person':
        return facts.personId === undefined ? said : personName(facts.personId);
      default:
        return said;
    }
  });
}

/**
 * The sentence people read: `{{ name }}` becomes the value of that name, nothing where it is missing.
 * The text is plain, so values are never markup and need no escaping.
 */
export function renderSays(says: string, value: (name: string) => Scalar | undefined): string {
  const { parts, isTidy } = partsOf(says);
  let text = parts[0] ?? '';
  let staysTidy = isTidy;
  for (let i = 1; i < parts.length; i += 2) {
    const filled = value(parts[i] ?? '');
    const words = inWords(filled);
    if (typeof filled !== 'number' && (words === '' || ROUGH.test(words))) staysTidy = false;
    text += words + (parts[i + 1] ?? '');
  }
  return staysTidy || !UNTIDY.test(text) ? text : tidy(text);
}

/** The names that a sentence uses, each once. */
export function saysNames(says: string | undefined): string[] {
  const names = [...(says ?? '').matchAll(PLACE)].map(([, name = '']) => bare(name));
  return [...new Set(names)].filter((name) => name !== '');
}

/** The properties that a sentence needs, cut to a bounded size; undefined when it needs none that are there. */
export function takeSaid(names: readonly string[], properties: JsonObject): Said | undefined {
  let said: Said | undefined;
  for (const name of names) {
    const value = valueAt(properties, name);
    if (value === undefined || value === null || typeof value === 'object') continue;
    said ??= {};
    put<Scalar>(said, name, typeof value === 'string' ? shorten(value) : value);
  }
  return said;
}

// What filling in can leave behind: space at an end, before a full stop, or twice, and lines of their own.
const UNTIDY = /^\s|\s$|\s\s|[^\S ]| [.,;:!?]/;
/** A value that could make a tidy sentence untidy. */
const ROUGH = /^[\s.,;:!?]|\s$|\s\s|[^\S ]| [.,;:!?]/;

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;:!?])/g, '$1')
    .trim();
}

/** Text and names in turn. `isTidy`: it is when plain words are filled in. */
type Parts = { readonly parts: readonly string[]; readonly isTidy: boolean };

// An account is scored far more often than a sentence is written.
const partsOf = memoize((says: string): Parts => {
  const parts = says.split(PLACE).map((part, i) => (i % 2 === 0 ? part : bare(part)));
  const isTidy = !UNTIDY.test(parts.map((part, i) => (i % 2 === 0 ? part : 'x')).join(''));
  return { parts, isTidy };
});

function inWords(value: Scalar | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

// A name that is no identifier is written `{{ [Plan Name] }}` in Handlebars.
function bare(name: string): string {
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
}

// Half of a surrogate pair would not survive the database.
function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
