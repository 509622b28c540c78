import type { Expression, TemplateKind, TemplateNode } from './template.ts';
import { readList, readTest, readValue, type Scope } from './template-expression.ts';

export type ReadState = {
  readonly kind: TemplateKind;
  readonly uses: Set<string>;
  /** The HTML written so far, near its end: enough to tell whether a value would stand inside a tag. */
  written: string;
  readonly report: (node: hbs.AST.Node, message: string, suggestion?: string) => void;
};

const DEEPEST = 8;

/** Turns Handlebars statements into our nodes; reports and leaves out whatever is not on the list. */
export function readStatements(
  statements: readonly hbs.AST.Statement[],
  scope: Scope,
  state: ReadState,
): TemplateNode[] {
  return statements.flatMap((statement) => readStatement(statement, scope, state) ?? []);
}

function readStatement(node: hbs.AST.Statement, scope: Scope, state: ReadState): TemplateNode | undefined {
  if (isContent(node)) return readContent(node, state);
  if (isMustache(node)) return readMustache(node, scope, state);
  if (isBlock(node)) return readBlock(node, scope, state);
  if (node.type === 'CommentStatement') return undefined;
  if (node.type.startsWith('Partial'))
    return refuse(node, state, 'partials ({{> …}}) are not available in messages', 'write the words here');
  return refuse(node, state, 'decorators ({{* …}}) are not available in messages');
}

function readContent(node: hbs.AST.ContentStatement, state: ReadState): TemplateNode {
  if (state.kind === 'html') {
    state.written = (state.written + node.value).slice(-4_000);
    if (/<\s*(script|iframe|object|embed|form|base|meta)\b/i.test(node.value)) {
      state.report(node, 'scripts, frames, forms and the like do not belong in an email');
    }
  }
  return { kind: 'text', text: node.value };
}

function readMustache(
  node: hbs.AST.MustacheStatement,
  scope: Scope,
  state: ReadState,
): TemplateNode | undefined {
  if (!node.escaped) {
    return refuse(
      node,
      state,
      'unescaped values ({{{ }}} and {{& }}) are not available',
      'write {{name}} with two braces',
    );
  }
  const value = readValue(node, scope, state);
  if (value === undefined) return undefined;
  if (state.kind === 'html') checkHtmlPlace(node, value, scope, state);
  return { kind: 'value', value };
}

/** In HTML a value is text between tags, or the whole of an href that holds one of our own links. */
function checkHtmlPlace(node: hbs.AST.Node, value: Expression, scope: Scope, state: ReadState): void {
  const before = state.written;
  state.written += 'x';
  const inStyle = before.lastIndexOf('<style') > before.lastIndexOf('</style');
  const inTag = before.lastIndexOf('<') > before.lastIndexOf('>');
  if (inStyle) state.report(node, 'a value inside <style> is not allowed');
  if (inStyle || !inTag) return;
  if (!isLink(value, scope) || !/\shref\s*=\s*"$/i.test(before)) {
    state.report(
      node,
      'inside a tag only a link may stand, as a whole href',
      'write <a href="{{link.advocate}}">',
    );
  }
}

// Only URLs that we made or that the catalog check has seen; never one out of an event.
function isLink(value: Expression, scope: Scope): boolean {
  if (value.kind !== 'path') return false;
  const name = value.parts.join('.');
  if (value.scope === 0) return /^(link\.\w+|program\.booking_url|program\.terms_url)$/.test(name);
  return name === 'url' && scope.items[value.scope - 1]?.kind === 'group';
}

function readBlock(node: hbs.AST.BlockStatement, scope: Scope, state: ReadState): TemplateNode | undefined {
  const name = node.path.original;
  if (scope.depth >= DEEPEST) return refuse(node, state, `blocks nest deeper than ${DEEPEST}`);
  if (node.program?.blockParams !== undefined || node.inverse?.blockParams !== undefined) {
    return refuse(
      node,
      state,
      `"as |…|" is not available`,
      'inside {{#each}} the names of the item are at hand',
    );
  }
  if (name !== 'each' && name !== 'if' && name !== 'unless') {
    const hint =
      name === 'with' ? 'write whole names, like {{person.first_name}}' : 'known here: if, unless, each';
    return refuse(node, state, `unknown block {{#${name}}}`, hint);
  }
  if (node.params.length !== 1 || node.hash !== undefined) {
    return refuse(node, state, `{{#${name}}} takes exactly one name`, `write {{#${name} person.first_name}}`);
  }
  if (name === 'each') return readEach(node, scope, state);
  return readIf(node, name, scope, state);
}

function readIf(
  node: hbs.AST.BlockStatement,
  name: 'if' | 'unless',
  scope: Scope,
  state: ReadState,
): TemplateNode | undefined {
  const [param] = node.params;
  const test = param && readTest(param, scope, state);
  const yes = readBody(node.program, scope, state);
  const no = readBody(node.inverse, scope, state);
  if (test === undefined) return undefined;
  return name === 'if' ? { kind: 'if', test, yes, no } : { kind: 'if', test, yes: no, no: yes };
}

function readEach(node: hbs.AST.BlockStatement, scope: Scope, state: ReadState): TemplateNode | undefined {
  const [param] = node.params;
  const found = param && readList(param, scope, state);
  if (found === undefined) return undefined;
  const inside: Scope = { items: [...scope.items, found.item], depth: scope.depth };
  const item = readBody(node.program, inside, state);
  return { kind: 'each', list: found.list, item, none: readBody(node.inverse, scope, state) };
}

function readBody(program: hbs.AST.Program | undefined, scope: Scope, state: ReadState): TemplateNode[] {
  if (program === undefined) return [];
  // `else if` is one more branch for the reader, not one more level.
  const chained = 'chained' in program && program.chained === true;
  return readStatements(program.body, { ...scope, depth: scope.depth + (chained ? 0 : 1) }, state);
}

function refuse(node: hbs.AST.Node, state: ReadState, message: string, suggestion?: string): undefined {
  state.report(node, message, suggestion);
  return undefined;
}

function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === 'ContentStatement';
}

function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}
