import { isFields, storable } from './json.ts';
import type { Rejection } from './reported.ts';

const EXCERPT = 500;
const SHOWN = 80;

/** Keys whose values open doors: none is kept with a rejection. */
const SECRETS = new Set([
  'writeKey',
  'api_key',
  'token',
  '$token',
  'goodturn_token',
  '$goodturn_token',
  'password',
  'authorization',
]);

/** Why the messages past the `most` that a batch may have were not taken: one rejection for all. */
export function surplusOf(source: string, messages: readonly unknown[], most: number): Rejection[] {
  const surplus = messages.length - most;
  if (surplus <= 0) return [];
  const reason = `batch: got ${messages.length} messages, expected at most ${most}; the last ${surplus} were left out`;
  return [{ ...rejection(source, messages[most], reason), messages: surplus }];
}

/** Why one message was not taken, with an excerpt that holds no key or token. */
export function rejection(source: string, message: unknown, reason: string): Rejection {
  const id = isFields(message) ? (message['messageId'] ?? message['uuid']) : undefined;
  return {
    source,
    ...(typeof id === 'string' && id !== '' ? { messageId: storable(id.slice(0, 100)) } : {}),
    reason: storable(reason.slice(0, EXCERPT)),
    excerpt: storable(asText(message).slice(0, EXCERPT)),
  };
}

/** A value as an error shows it: short, quoted, harmless. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = asText(value);
  return storable(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value, (key, entry: unknown) => (SECRETS.has(key) ? '…' : entry)) ?? String(value);
  } catch {
    return '(nested too deeply to show)';
  }
}
