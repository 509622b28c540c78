import Handlebars from 'handlebars';
import type { Fault } from './fault.ts';
import { type ReadState, readStatements } from './template-nodes.ts';
import { singleBraces, unclosedBlock } from './template-slips.ts';

/** What the result is for: an HTML part (values escaped), plain text, or one line such as a subject or a button. */
export type TemplateKind = 'text' | 'html' | 'subject';

/** Where a source was written, for faults. `line` and `path` are for a text inside a YAML file. */
export type TemplatePlace = { readonly file: string; readonly line?: number; readonly path?: string };

/** A template as a dull structure. It is walked, never turned into code. */
export type Compiled = {
  readonly kind: TemplateKind;
  readonly nodes: readonly TemplateNode[];
  /** The full names it uses, such as `link.unsubscribe`. */
  readonly uses: ReadonlySet<string>;
};

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: readonly TemplateNode[];
      readonly no: readonly TemplateNode[];
    }
  | {
      readonly kind: 'each';
      readonly list: Expression;
      readonly item: readonly TemplateNode[];
      readonly none: readonly TemplateNode[];
    };

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** `scope` 0 is the whole context, 1 the item of the outermost `each`, and so on. */
  | { readonly kind: 'path'; readonly scope: number; readonly parts: readonly string[] }
  | { readonly kind: 'loop'; readonly name: 'index' | 'first' | 'last' }
  | { readonly kind: 'call'; readonly helper: HelperName; readonly given: readonly Expression[] };

export type HelperName = 'date' | 'short' | 'or';

const LONGEST_SOURCE = 20_000;

// Our own instance: nothing another module registers on the global one is known here.
const handlebars = Handlebars.create();

/**
 * Checks a Handlebars source against the names and the few constructs we allow, and compiles it.
 * Only Handlebars' grammar is used: its runtime, its code generation and its helpers never see a
 * template, so no template and no value can reach code, markup or a prototype.
 */
export function compileTemplate(
  source: unknown,
  kind: TemplateKind,
  where: TemplatePlace,
): Compiled | Fault[] {
  if (typeof source !== 'string') return [fault(where, 1, 1, `expected a text, got ${typeName(source)}`)];
  if (source.length > LONGEST_SOURCE) {
    const message = `${source.length} characters, expected at most ${LONGEST_SOURCE}`;
    return [fault(where, 1, 1, message)];
  }
  const program = parse(source, where);
  if (Array.isArray(program)) return program;
  const faults: Fault[] = [];
  const state: ReadState = {
    kind,
    uses: new Set(),
    written: '',
    report: (node, message, suggestion) =>
      faults.push(fault(where, node.loc.start.line, node.loc.start.column + 1, message, suggestion)),
  };
  const nodes = readStatements(program.body, { items: [], depth: 0 }, state);
  faults.push(
    ...singleBraces(source).map(({ line, ...said }) =>
      fault(where, line, undefined, said.message, said.suggestion),
    ),
  );
  return faults.length > 0 ? faults : { kind, nodes, uses: state.uses };
}

function parse(source: string, where: TemplatePlace): hbs.AST.Program | Fault[] {
  try {
    return handlebars.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/(?:on line |- )(\d+)/.exec(message)?.[1] ?? 1);
    const open = unclosedBlock(source);
    if (open !== undefined && /got 'EOF'/.test(message))
      return [
        fault(where, open.line, undefined, `{{#${open.name}}} is never closed`, `write {{/${open.name}}}`),
      ];
    return [fault(where, line, undefined, `cannot be read as Handlebars: ${plain(message)}`)];
  }
}

// Handlebars answers with a drawing over several lines; its first and last say what matters.
function plain(message: string): string {
  const lines = message.split('\n');
  const [, opened, closed] = /^(\S+) doesn't match (\S+)/.exec(message) ?? [];
  if (opened !== undefined) return `{{#${opened}}} is closed by {{/${closed}}}`;
  if (/Expecting/.test(message) && /got 'EOF'/.test(message)) return 'a block or a {{ is never closed';
  const shown = lines[1] ?? '';
  return /^(Parse|Lexical) error/.test(message)
    ? `unexpected text at "${shown.trim().slice(-60)}"`
    : message.slice(0, 200);
}

function fault(
  place: TemplatePlace,
  line: number,
  column: number | undefined,
  message: string,
  suggestion?: string,
): Fault {
  const { file, path = '' } = place;
  const inside = place.line === undefined || line === 1 ? message : `${message} (line ${line} of the text)`;
  return {
    file,
    path,
    line: place.line ?? line,
    ...(place.line === undefined && column !== undefined ? { column } : {}),
    message: inside,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}
