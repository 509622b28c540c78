import { faultOfText, kindOf } from './json.ts';
import { refuse } from './message-fault.ts';
import { shown } from './rejection.ts';

const MAX_ID = 200;
const MAX_NAME = 200;
const MAX_MESSAGE_ID = 100;

/** Words that broken clients send in place of an id. In lower case. */
const PLACEHOLDERS = new Set([
  '',
  'null',
  'undefined',
  'nan',
  'none',
  'anonymous',
  'no response',
  'visitor-unique-id',
  '0',
  '[object object]',
]);

/** The id of a person or account as text; undefined when it names nobody. Refuses what cannot be an id. */
export function readId(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      refuse(`${where}: the number has lost digits; send it as text`);
    }
    return present(String(value));
  }
  if (typeof value !== 'string') refuse(`${where}: got ${kindOf(value)}, expected text or a number`);
  if (value.length > MAX_ID) refuse(`${where}: got ${value.length} characters, expected at most ${MAX_ID}`);
  const fault = faultOfText(value);
  if (fault !== undefined) refuse(`${where}: ${fault}`);
  return present(value);
}

/** A user id. Pending people are known inside as `anon:…` and `email:…`, so nobody may take such a name. */
export function readUserId(value: unknown, where: string): string | undefined {
  const id = readId(value, where);
  if (id !== undefined && /^(anon|email):/.test(id)) {
    refuse(`${where}: got ${shown(id)}, expected an id that does not begin with anon: or email:`);
  }
  return id;
}

const present = (id: string) => (PLACEHOLDERS.has(id.trim().toLowerCase()) ? undefined : id);

/** The source's own id of a message; undefined when it has none. */
export function readMessageId(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string') refuse(`${where}: got ${kindOf(value)}, expected text`);
  if (id.length > MAX_MESSAGE_ID) {
    refuse(`${where}: got ${id.length} characters, expected at most ${MAX_MESSAGE_ID}`);
  }
  const fault = faultOfText(id);
  if (fault !== undefined) refuse(`${where}: ${fault}`);
  return id;
}

/** The name of an event. */
export function readName(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    refuse(
      `${where}: got ${typeof value === 'string' ? 'empty text' : kindOf(value)}, expected the name of the event`,
    );
  }
  if (value.length > MAX_NAME)
    refuse(`${where}: got ${value.length} characters, expected at most ${MAX_NAME}`);
  const fault = faultOfText(value);
  if (fault !== undefined) refuse(`${where}: ${fault}`);
  return value;
}

/** An email address that may stand for a person, or undefined. */
export function readAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 254 || faultOfText(value) !== undefined) return undefined;
  const address = value.trim();
  return /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(address) ? address : undefined;
}
