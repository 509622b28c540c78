import type { Scalar } from '../engine/catalog.ts';
import { didYouMean } from './nearest.ts';
import { describe, isMapAt, type Place, report, scalarOf } from './place.ts';
import type { JsonSchema, Reader } from './readers.ts';

/** Reads a single value; `parse` answers undefined when it is not what was expected. */
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
    const meant = scalar && guess?.(scalar.value);
    // `{{ name }}` without quotes is a map to YAML.
    const braces =
      isMapAt(at) && schema['type'] === 'string' ? 'put a text with braces in quotes' : undefined;
    const suggestion = meant === undefined ? braces : `did you mean ${meant}?`;
    return report(at, `expected ${expected}, got ${describe(at)}`, suggestion);
  };
  return { read, schema };
}

export const text: Reader<string> = single('a text', { type: 'string', minLength: 1 }, (value) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined,
);

/** An id of the customer's own making: digits count as text. */
export const idText: Reader<string> = single('an id', { type: ['string', 'number'] }, (value) => {
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
});

export const flag: Reader<boolean> = single('true or false', { type: 'boolean' }, (value) =>
  typeof value === 'boolean' ? value : undefined,
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
  (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? value : undefined),
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
  return digits !== undefined && (value === digits || value === digits + unit) ? digits : undefined;
}

/** One of a few words. */
export function choice<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  const expected = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ');
  const read = (at: Place) => {
    const value = scalarOf(at)?.value;
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const near = typeof value === 'string' ? didYouMean(value, words) : undefined;
    return report(
      at,
      `expected ${expected}, got ${describe(at)}`,
      near?.startsWith('did') ? near : undefined,
    );
  };
  return { read, schema: { enum: words } };
}

/** `20%` as the number 20. */
export function percent(least: number, most: number): Reader<number> {
  return single(
    `a percentage from ${least}% to ${most}%`,
    { type: 'string', pattern: '^-?\\d+(\\.\\d+)?%$' },
    (value) => {
      const amount = typeof value === 'string' ? parsePercent(value) : undefined;
      return amount !== undefined && amount >= least && amount <= most ? amount : undefined;
    },
    (value) => {
      if (typeof value !== 'number' || value < 0) return undefined;
      const amount = value > 0 && value < 1 ? Math.round(value * 10_000) / 100 : value;
      return amount >= least && amount <= most ? `${amount}%` : undefined;
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
  { type: 'string', pattern: '^https?://' },
  (value) => (typeof value === 'string' && isUrl(value) ? value : undefined),
  (value) =>
    typeof value === 'string' && isUrl(`https://${value}`) && value.includes('.') && !value.includes(':')
      ? `https://${value}`
      : undefined,
);

// Plain http is for a machine of one's own.
function isUrl(value: string): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  );
}
