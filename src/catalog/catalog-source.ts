import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Fault } from './fault.ts';

/** The files of a catalog as texts: what is stored with a version, and read again from there. */
export type CatalogSource = {
  /** `promoter-email.yaml` to its text. */
  readonly triggers: Readonly<Record<string, string>>;
  /** Folder to file name to text; absent when messages are not looked at. */
  readonly templates?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** How the two folders are called in messages for people. */
export type CatalogPlaces = { readonly triggers: string; readonly templates: string };

type Directories = { readonly triggersDir: string; readonly templatesDir?: string };

const LARGEST_FILE = 512 * 1024;

/** Reads the folders as they are. A folder that cannot be read is a fault, not an exception. */
export async function loadSource({ triggersDir, templatesDir }: Directories) {
  const faults: Fault[] = [];
  const places: CatalogPlaces = {
    triggers: shown(triggersDir),
    templates: shown(templatesDir ?? 'templates'),
  };
  const triggers = await readTexts(triggersDir, places.triggers, /\.ya?ml$/, faults);
  const source: CatalogSource =
    templatesDir === undefined
      ? { triggers }
      : { triggers, templates: await readFolders(templatesDir, places.templates, faults) };
  return { source, places, faults };
}

// As a person would name it from where they stand.
function shown(directory: string): string {
  const near = relative(process.cwd(), directory);
  return near === '' || near.startsWith('..') ? directory : near;
}

async function readFolders(directory: string, name: string, faults: Fault[]) {
  const entries = await list(directory, name, faults);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const read = await Promise.all(
    folders.map(async (entry) => {
      const texts = await readTexts(join(directory, entry.name), `${name}/${entry.name}`, /\.hbs$/, faults);
      return [entry.name, texts] as const;
    }),
  );
  return Object.fromEntries(read);
}

async function readTexts(directory: string, name: string, wanted: RegExp, faults: Fault[]) {
  const entries = await list(directory, name, faults);
  const files = entries.filter(
    (entry) => !entry.isDirectory() && !entry.name.startsWith('.') && wanted.test(entry.name),
  );
  const texts: [string, string][] = [];
  for (const { name: file } of files) {
    const bytes = await readFile(join(directory, file));
    if (bytes.length > LARGEST_FILE)
      faults.push(whole(`${name}/${file}`, `the file is larger than ${LARGEST_FILE / 1024} kB`));
    else if (bytes.includes(0)) faults.push(whole(`${name}/${file}`, 'this is no text file'));
    else texts.push([file, bytes.toString('utf8')]);
  }
  return Object.fromEntries(texts);
}

async function list(directory: string, name: string, faults: Fault[]) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    faults.push(whole(name, missing ? 'there is no such folder' : `cannot be read: ${String(error)}`));
    return [];
  }
}

const whole = (file: string, message: string): Fault => ({ file, line: 0, path: '', message });
