import { z } from 'zod';
import { type FieldError, Refusal } from '../errors.ts';

/** Parses untrusted input, or refuses the request and says of every field what came and what was expected. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const given = input ?? {};
  const result = schema.safeParse(given, { error: expectationOf });
  const errors = result.success
    ? nulsIn(given)
    : result.error.issues.flatMap((issue) => errorsOf(issue, given, schema));
  if (result.success && errors.length === 0) return result.data;
  const detail = errors
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ');
  throw new Refusal('invalid', detail, errors);
}

/** The same for what stands behind the `?`: there, empty means absent. */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  return parse(schema, Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')));
}

function errorsOf(issue: z.core.$ZodIssue, given: unknown, schema: z.ZodType): FieldError[] {
  if (issue.code !== 'unrecognized_keys') {
    const message = issue.message.includes('got ')
      ? issue.message
      : `got ${inWords(valueAt(given, issue.path))}, ${issue.message}`;
    return [{ field: issue.path.join('.'), message }];
  }
  const known = issue.path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const expected = known.length === 0 ? '' : `, expected one of ${known.join(', ')}`;
  return issue.keys.map((key) => ({
    field: [...issue.path, key].join('.'),
    message: `is not known here${expected}`,
  }));
}

/** What zod expected, in words; a field that says it better itself has its own. */
function expectationOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    default:
      return undefined;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' of them' };

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const LONGEST = 60;

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Where a text or a name holds a NUL: PostgreSQL can neither store nor look for one. */
function nulsIn(given: unknown, path = ''): FieldError[] {
  const isNul = (text: string) => text.includes('\0');
  const error = { field: path, message: 'got a NUL character, expected text without' };
  if (typeof given === 'string') return isNul(given) ? [error] : [];
  if (typeof given !== 'object' || given === null) return [];
  if (Object.keys(given).some(isNul)) return [error];
  return Object.entries(given).flatMap(([name, value]) =>
    nulsIn(value, path === '' ? name : `${path}.${name}`),
  );
}
