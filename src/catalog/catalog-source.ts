import { isUtf8 } from 'node:buffer';
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
const DEFINITION = /\.ya?ml$/;
// `promoter-email.yaml.txt` and `PROMOTER.YAML` are definitions to whoever saved them.
const MEANT_AS_DEFINITION = /\.ya?ml(\.txt)?$/i;

/** Reads the folders as they are. A folder that cannot be read is a fault, not an exception. */
export async function loadSource({ triggersDir, templatesDir }: Directories) {
  const faults: Fault[] = [];
  const places: CatalogPlaces = {
    triggers: shown(triggersDir),
    templates: shown(templatesDir ?? 'templates'),
  };
  const triggers = await readTexts(triggersDir, places.triggers, DEFINITION, faults);
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
  const visible = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  const files = visible.filter((entry) => wanted.test(entry.name));
  const misnamed = wanted === DEFINITION ? visible.filter((entry) => !files.includes(entry)) : [];
  for (const { name: file } of misnamed.filter((entry) => MEANT_AS_DEFINITION.test(entry.name))) {
    const meant = file.replace(/\.ya?ml(\.txt)?$/i, '.yaml');
    faults.push({
      ...whole(`${name}/${file}`, 'is not read: definitions end in .yaml'),
      suggestion: `call it ${meant}`,
    });
  }
  const texts: [string, string][] = [];
  for (const { name: file } of files) {
    const text = await readText(join(directory, file));
    if ('message' in text) faults.push(whole(`${name}/${file}`, text.message));
    else texts.push([file, text.text]);
  }
  return Object.fromEntries(texts);
}

/** A text in UTF-8, or why it is none. */
async function readText(path: string): Promise<{ readonly text: string } | { readonly message: string }> {
  const bytes = await readFile(path).catch((error: unknown) => `cannot be read: ${String(error)}`);
  if (typeof bytes === 'string') return { message: bytes };
  if (bytes.length > LARGEST_FILE) return { message: `the file is larger than ${LARGEST_FILE / 1024} kB` };
  if (/^(fffe|feff)/.test(bytes.toString('hex', 0, 2)))
    return { message: 'the file is written in UTF-16; save it as UTF-8' };
  if (bytes.includes(0)) return { message: 'this is no text file' };
  return isUtf8(bytes)
    ? { text: bytes.toString('utf8') }
    : { message: 'the file is not written in UTF-8; save it as UTF-8' };
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
