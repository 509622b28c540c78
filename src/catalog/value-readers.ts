import type { Scalar } from '../engine/catalog.ts';
import { nearest } from './nearest.ts';
import { describe, isMapAt, type Place, report, scalarOf } from './place.ts';
import type { JsonSchema, Reader } from './readers.ts';

/**
 * Reads a single value; `parse` answers undefined when it is not what was expected. Then `guess` may say what to
 * write instead, as a whole clause.
 */
export function single<Value>(
  expected: string,
  schema: JsonSchema,
  parse: (value: unknown) => Value | undefined,
  guess?: (value: unknown) => string | undefined,
): Reader<Value> {
  const read = (at: Place) => {
    const scalar = scalarOf(at);
    const value = scalar && parse(scalar.value);
    if (value !== undefined) return value;
    return report(at, `expected ${expected}, got ${describe(at)}`, scalar && guess?.(scalar.value));
  };
  return { read, schema, expected };
}

/** A text that says something. */
export const text: Reader<string> = textOf('a text');

/** The same, of something that has a better name: "the name of a window". */
export function textOf(expected: string, otherwise?: string): Reader<string> {
  const reader = single(
    expected,
    { type: 'string', minLength: 1 },
    (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
    (value) => (typeof value === 'number' ? `put it in quotes: "${value}"` : undefined),
  );
  const read = (at: Place) => {
    if (scalarOf(at) !== undefined) return reader.read(at);
    // `{{ name }}` without quotes is a map to YAML.
    const braces = isMapAt(at) ? 'put a text with braces in quotes' : undefined;
    return report(at, `expected ${expected}, got ${describe(at)}`, otherwise ?? braces);
  };
  return { ...reader, read };
}

/** An id of the customer's own making: digits count as text. */
export const idText: Reader<string> = idOf('an id');

export function idOf(expected: string): Reader<string> {
  return single(expected, { type: ['string', 'number'] }, (value) => {
    const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
  });
}

export const flag: Reader<boolean> = single(
  'true or false',
  { type: 'boolean' },
  (value) => (typeof value === 'boolean' ? value : undefined),
  (value) => {
    const word = String(value).toLowerCase();
    if (['yes', 'y', 'on', '1', 'true'].includes(word)) return 'did you mean true?';
    return ['no', 'n', 'off', '0', 'false'].includes(word) ? 'did you mean false?' : undefined;
  },
);

export const scalar: Reader<Scalar> = single(
  'a single value',
  { type: ['string', 'number', 'boolean', 'null'] },
  (value) => (isScalar(value) ? value : undefined),
);

function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

export const anyNumber: Reader<number> = single(
  'a number',
  { type: 'number' },
  (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  (value) =>
    typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? `did you mean ${value}?` : undefined,
);

export function numberBetween(least: number, most: number): Reader<number> {
  const within = (value: unknown) =>
    typeof value === 'number' && value >= least && value <= most ? value : undefined;
  const schema = { type: 'number', minimum: least, maximum: most };
  return single(`a number from ${least} to ${most}`, schema, within, (value) => bare(value, '%'));
}

export function wholeBetween(least: number, most: number): Reader<number> {
  const within = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined;
  const schema = { type: 'integer', minimum: least, maximum: most };
  return single(`a whole number from ${least} to ${most}`, schema, within, (value) => bare(value, '%'));
}

// "40%" where points are wanted is 40.
function bare(value: unknown, unit: string): string | undefined {
  const [, digits] = typeof value === 'string' ? (/^(\d+(?:\.\d+)?)(\D?)$/.exec(value) ?? []) : [];
  return digits !== undefined && (value === digits || value === digits + unit)
    ? `did you mean ${digits}?`
    : undefined;
}

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  return choiceOf(words);
}

/** The same; `hint` knows what is meant by a word that is none of them. */
export function choiceOf<const Word extends string>(
  words: readonly Word[],
  hint: (word: string) => string | undefined = () => undefined,
): Reader<Word> {
  const expected = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ');
  const read = (at: Place) => {
    const value = scalarOf(at)?.value;
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const near = typeof value === 'string' ? nearest(value, words) : undefined;
    const meant = near === undefined ? undefined : `did you mean "${near}"?`;
    const hinted = typeof value === 'string' ? hint(value.toLowerCase()) : undefined;
    return report(at, `expected ${expected}, got ${describe(at)}`, hinted ?? meant);
  };
  return { read, schema: { enum: words }, expected };
}

/** `20%` as the number 20. */
export function percent(least: number, most: number): Reader<number> {
  return single(
    `a percentage from ${least}% to ${most}%`,
    { type: 'string', pattern: `^(100(\\.0+)?|${least > 0 ? '[1-9]\\d?' : '\\d{1,2}'}(\\.\\d+)?)\\s?%$` },
    (value) => {
      const amount = typeof value === 'string' ? parsePercent(value) : undefined;
      return amount !== undefined && amount >= least && amount <= most ? amount : undefined;
    },
    (value) => {
      const [, digits] = (typeof value === 'string' && /^-?(\d+(?:\.\d+)?)\s?%?$/.exec(value)) || [];
      const given = typeof value === 'number' ? value : Number(digits);
      const amount = given > 0 && given < 1 ? Math.round(given * 10_000) / 100 : given;
      return amount >= least && amount <= most ? `did you mean ${amount}%?` : undefined;
    },
  );
}

export function parsePercent(value: string): number | undefined {
  const [, amount] = /^(-?\d{1,6}(?:\.\d{1,6})?)\s?%$/.exec(value) ?? [];
  return amount === undefined ? undefined : Number(amount);
}

/** A link that is safe to put behind a button. */
export const url: Reader<string> = single(
  'a link that starts with https://',
  { type: 'string', pattern: '^(https://|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])([:/]|$))' },
  (value) => (typeof value === 'string' && isUrl(value) ? value : undefined),
  (value) => {
    if (typeof value !== 'string') return undefined;
    if (value.includes('{{')) return 'a link cannot hold names';
    const rest = value.replace(/^http:\/\//i, '');
    return /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$)/i.test(rest) && isUrl(`https://${rest}`)
      ? `did you mean https://${rest}?`
      : undefined;
  },
);

// Plain http is for a machine of one's own.
function isUrl(value: string): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  );
}
