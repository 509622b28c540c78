import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { defined } from '../engine/record.ts';
import { migrationsFolder, readMigrations } from './migrate.ts';

/** The version that templates are made with. A test holds it to package.json. */
export const pgliteVersion = '0.5.16';

/** Where it is. Made by the build; sources that run unbuilt find it at the same place. */
export const TEMPLATE = fileURLToPath(new URL('../../dist/template.gz', import.meta.url));

/** A line of JSON, and after it the bytes of the files, one after the other. */
type Contents = {
  /** Whose template it is: another version of PGlite, or with other migrations, makes its database itself. */
  readonly key: string;
  /** A folder has no size. */
  readonly entries: readonly { readonly path: string; readonly size?: number }[];
};

/** Fills the empty `folder` with a new database, unless there is no template that fits. */
export function unpackTemplate(folder: string, from = TEMPLATE): boolean {
  const template = readTemplate(from);
  if (template === undefined) return false;
  let at = template.start;
  for (const { path, size } of template.entries) {
    if (size === undefined) mkdirSync(join(folder, path), { mode: 0o700 });
    else writeFileSync(join(folder, path), template.bytes.subarray(at, at + size), { mode: 0o600 });
    at += size ?? 0;
  }
  return true;
}

/** The template of the database in `folder`. */
export function packTemplate(folder: string): Buffer {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ path: relative(folder, join(entry.parentPath, entry.name)), isFile: entry.isFile() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1)); // a folder comes before what is in it
  const bytes = found.map(({ path, isFile }) => (isFile ? readFileSync(join(folder, path)) : undefined));
  const entries = found.map(({ path }, i) => ({ path, ...defined({ size: bytes[i]?.length }) }));
  const contents: Contents = { key: templateKey(), entries };
  return gzipSync(
    Buffer.concat([
      Buffer.from(`${JSON.stringify(contents)}\n`),
      ...bytes.filter((one) => one !== undefined),
    ]),
  );
}

/** What is in the template, and where the files begin in it; undefined when there is none that fits. */
export function readTemplate(
  from = TEMPLATE,
): (Contents & { readonly bytes: Buffer; readonly start: number }) | undefined {
  if (!existsSync(from)) return undefined;
  try {
    const bytes = gunzipSync(readFileSync(from));
    const start = bytes.indexOf('\n') + 1;
    const contents: Contents = JSON.parse(bytes.toString('utf8', 0, start));
    return contents.key === templateKey() ? { ...contents, bytes, start } : undefined;
  } catch {
    return undefined; // a file that was cut off is none
  }
}

function templateKey(): string {
  const migrations = readMigrations(migrationsFolder).map(({ name, checksum }) => [name, checksum]);
  return createHash('sha256')
    .update(JSON.stringify([pgliteVersion, migrations]))
    .digest('hex');
}
