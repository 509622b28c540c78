import { isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLError } from 'yaml';
import type { Channel } from '../engine/catalog.ts';
import type { Fault } from './fault.ts';

/** One YAML file while it is read. */
export type SourceFile = {
  readonly name: string;
  readonly lines: LineCounter;
  readonly faults: Fault[];
  /** What is allowed and yet worth knowing. */
  readonly notes: Fault[];
  /** Names that must exist elsewhere; checked once all files are read. */
  readonly mentions: Mention[];
};

export type Mention = {
  readonly of: 'signal' | 'window' | 'trigger' | 'template' | 'gate';
  readonly name: string;
  readonly at: Place;
  /** For a template: what it is to be sent through. */
  readonly channel?: Channel;
};

/** A value in a file, with its path (`when[1].signal`) and where it stands. */
export type Place = {
  readonly file: SourceFile;
  readonly path: string;
  readonly node: unknown;
  readonly offset: number;
};

export type Entry = { readonly key: string; readonly keyAt: Place; readonly value: Place };

/** A YAML file; without a root it could not be read at all, and `file.faults` has the reasons. */
export type OpenFile = { readonly file: SourceFile; readonly root: Place | undefined };

/** Parses a file; what is wrong with its syntax is among its faults. */
export function openYaml(name: string, text: string): OpenFile {
  const lines = new LineCounter();
  const file: SourceFile = { name, lines, faults: [], notes: [], mentions: [] };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: false });
  for (const error of document.errors) reportSyntax(file, text, error, document.contents);
  for (const warning of document.warnings) reportSyntax(file, text, warning, document.contents);
  const root: Place = { file, path: '', node: document.contents, offset: startOf(document.contents) ?? 0 };
  if (document.contents === null && document.errors.length === 0) report(root, 'the file is empty');
  // A key given twice leaves the rest readable; after any other slip of syntax more messages would only mislead.
  const readable =
    document.contents !== null && document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  return { file, root: readable ? root : undefined };
}

/** Reports a fault of what stands here. Answers undefined, the value of what is at fault. */
export function report(at: Place, message: string, suggestion?: string): undefined {
  at.file.faults.push(faultAt(at, message, suggestion));
  return undefined;
}

/** Notes what is allowed and yet worth knowing. */
export function note(at: Place, message: string, suggestion?: string): void {
  at.file.notes.push(faultAt(at, message, suggestion));
}

/** Keeps a name to be checked once all files are read. */
export function mention(of: Mention['of'], name: string, at: Place, channel?: Channel): void {
  at.file.mentions.push({ of, name, at, ...(channel === undefined ? {} : { channel }) });
}

export function faultAt(at: Place, message: string, suggestion?: string): Fault {
  const { line, col } = at.file.lines.linePos(at.offset);
  const position = { file: at.file.name, line: Math.max(line, 1), column: Math.max(col, 1), path: at.path };
  return { ...position, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** The entries of a map, in order; undefined, and a fault, when the value is no map. */
export function entriesOf(at: Place, expected: string, suggestion?: string): Entry[] | undefined {
  if (!isMap(at.node)) return report(at, `expected ${expected}, got ${describe(at)}`, suggestion);
  return at.node.items.flatMap((pair) => entry(at, pair) ?? []);
}

function entry(at: Place, pair: Pair): Entry | undefined {
  const offset = startOf(pair.key) ?? at.offset;
  if (!isScalar(pair.key) || pair.key.value === null) {
    const hint = isScalar(pair.key) ? 'write it before the colon' : 'put braces or brackets in quotes';
    return report({ ...at, offset }, 'expected a word as the key', hint);
  }
  const key = String(pair.key.source ?? pair.key.value);
  const path = at.path === '' ? key : `${at.path}.${key}`;
  const value: Place = { file: at.file, path, node: pair.value, offset: startOf(pair.value) ?? offset };
  return { key, keyAt: { ...value, offset }, value };
}

/** The items of a list; undefined when the value is none. */
export function itemsOf(at: Place): Place[] | undefined {
  if (!isSeq(at.node)) return undefined;
  return at.node.items.map((node, index) => ({
    file: at.file,
    path: `${at.path}[${index}]`,
    node,
    offset: startOf(node) ?? at.offset,
  }));
}

/** What stands at a path such as `when[1]` or `per_person.asks`, or the nearest above it that is written there. */
export function placeIn(root: Place, path: string): Place {
  let here = root;
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (index !== undefined) {
      const item = itemsOf(here)?.[Number(index)];
      if (item === undefined) break;
      here = item;
      continue;
    }
    const entry = isMapAt(here) ? entriesOf(here, '')?.find((one) => one.key === key) : undefined;
    if (entry === undefined) break;
    here = { ...entry.value, offset: entry.keyAt.offset };
  }
  return { ...here, path };
}

/** A single value; undefined when it is a map or a list. Nothing (`key:`) is null. */
export function scalarOf(at: Place): { value: unknown } | undefined {
  if (at.node === null || at.node === undefined) return { value: null };
  return isScalar(at.node) ? { value: at.node.value } : undefined;
}

/** Nothing was written, not even null. */
export function isBlank(at: Place): boolean {
  const { node } = at;
  return node === null || node === undefined || (isScalar(node) && node.value === null && !node.source);
}

export function isMapAt(at: Place): boolean {
  return isMap(at.node);
}

/** What came, for a message. */
export function describe(at: Place): string {
  if (isMap(at.node)) return 'a map';
  if (isSeq(at.node)) return 'a list';
  if (isAlias(at.node)) return `an alias (*${at.node.source}), which is not available: write the value out`;
  const value = scalarOf(at)?.value;
  if (value === null) return 'nothing';
  return typeof value === 'string'
    ? JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)
    : String(value);
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

// By the parser's code, and where that says too little by its words.
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'a second document starts here (---); expected one per file',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; put the value in quotes, or check the indentation',
  MULTILINE_IMPLICIT_KEY: 'a line without its colon; write key: value, or check the indentation',
  TAG_RESOLVE_FAILED: 'tags (!…) are not available',
  BAD_DIRECTIVE: 'a line cannot start with %',
};

const SYNTAX_IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/quote/i, 'a quote is opened further up and never closed'],
  [/end with a \}/i, 'a { is opened and never closed'],
  [/end with a \]/i, 'a [ is opened and never closed'],
  [/same column/i, 'the dashes of a list stand exactly below each other; check the indentation'],
  [/unexpected scalar at node end/i, 'text follows where the value has ended; put the whole value in quotes'],
  [/implicit keys need to be on a single line|all mapping items must start/i, 'check the indentation'],
];

function reportSyntax(file: SourceFile, text: string, error: YAMLError, contents: unknown): void {
  const [offset] = error.pos;
  const at: Place = { file, path: '', node: null, offset };
  const detail = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^:\n]*/.exec(text.slice(offset))?.[0].trim();
    const path = pathOfKey(contents, offset, '') ?? '';
    report({ ...at, path }, `"${key}" is given twice in the same map`, 'keep one of them');
    return;
  }
  const inWords = SYNTAX_IN_WORDS.find(([words]) => words.test(detail))?.[1];
  report(at, SYNTAX[error.code] ?? inWords ?? `cannot be read as YAML: ${detail}`);
}

/** The path of the key that stands at an offset. */
function pathOfKey(node: unknown, offset: number, path: string): string | undefined {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = pathOfKey(item, offset, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.source ?? key.value) : '';
    const here = path === '' ? name : `${path}.${name}`;
    const found = startOf(key) === offset ? here : pathOfKey(value, offset, here);
    if (found !== undefined) return found;
  }
  return undefined;
}
