import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../shared/fixtures');

/** Real payloads that lie outside the repository; where they are absent the tests that read them are skipped. */
export const hasFixtures = existsSync(FOLDER);

export type Fixture = { readonly name: string; readonly content: unknown };

/** The JSON files of one folder, by name. */
export function readFixtures(folder: string): Fixture[] {
  if (!hasFixtures) return [];
  const names = readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith('.json'))
    .sort();
  return names.map((name) => ({
    name,
    content: JSON.parse(readFileSync(join(FOLDER, folder, name), 'utf8')),
  }));
}

/** One request as it was captured on the wire. */
export type Captured = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBodyBase64?: string;
  readonly body: unknown;
};

/** The requests in a file of the wire folders; none in a log of retries. */
export function requestsIn({ content }: Fixture): Captured[] {
  const list: unknown[] = Array.isArray(content) ? content : [];
  return list.filter(isCaptured);
}

function isCaptured(value: unknown): value is Captured {
  return (
    typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'headers' in value
  );
}

/** The bytes of a captured request. */
export function bytesOf({ rawBodyBase64, body }: Captured): Buffer {
  if (rawBodyBase64 !== undefined) return Buffer.from(rawBodyBase64, 'base64');
  return Buffer.from(body === '' ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}
