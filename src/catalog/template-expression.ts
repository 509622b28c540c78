import { didYouMean } from './nearest.ts';
import type { Expression, HelperName } from './template.ts';
import { CONTEXT_SHAPE, findName, type Shape } from './template-names.ts';
import type { ReadState } from './template-nodes.ts';

/** Where an expression stands: the items of the `each` blocks around it, outermost first. */
export type Scope = { readonly items: readonly Shape[]; readonly depth: number };

type Read = { readonly expression: Expression; readonly shape: Shape; readonly name: string };

const VALUE: Shape = { kind: 'value' };
const HELPERS: Readonly<
  Record<HelperName, { readonly least: number; readonly most: number; readonly form: string }>
> = {
  date: { least: 1, most: 1, form: '{{date event.occurred_at}}' },
  short: { least: 1, most: 2, form: '{{short event.properties.comment 200}}' },
  or: { least: 2, most: 5, form: '{{or person.first_name "there"}}' },
};

/** What `{{…}}` prints: a single value. */
export function readValue(
  node: hbs.AST.MustacheStatement,
  scope: Scope,
  state: ReadState,
): Expression | undefined {
  const read = readExpression(node, scope, state);
  if (read === undefined) return undefined;
  if (read.shape.kind === 'list') {
    const suggestion = `write {{#each ${read.name}}}…{{/each}}`;
    return refuse(node, state, `"${read.name}" is a list, not one value`, suggestion);
  }
  if (read.shape.kind === 'group') return refuseGroup(node, state, read);
  return read.expression;
}

/** What `{{#if …}}` asks about: anything that can be missing. */
export function readTest(node: hbs.AST.Expression, scope: Scope, state: ReadState): Expression | undefined {
  const read = readExpression(node, scope, state);
  if (read === undefined) return undefined;
  return read.shape.kind === 'group' ? refuseGroup(node, state, read) : read.expression;
}

/** What `{{#each …}}` walks, and the shape of its items. */
export function readList(node: hbs.AST.Expression, scope: Scope, state: ReadState) {
  const read = readExpression(node, scope, state);
  if (read === undefined) return undefined;
  if (read.shape.kind === 'list') return { list: read.expression, item: read.shape.item };
  if (read.shape.kind === 'anything') return { list: read.expression, item: read.shape };
  return refuse(node, state, `"${read.name}" is no list`, 'lists are signals and program.assets');
}

function readExpression(node: hbs.AST.Node, scope: Scope, state: ReadState): Read | undefined {
  if (isCall(node)) {
    if (isPath(node.path) && (node.params.length > 0 || isHelper(node.path.original)))
      return readCall(node, scope, state);
    if (node.hash !== undefined) return refuse(node, state, 'named arguments are not available');
    return readExpression(node.path, scope, state);
  }
  if (isPath(node)) return node.data ? readLoop(node, scope, state) : readPath(node, scope, state);
  if (isLiteral(node)) {
    const value = node.value;
    return { expression: { kind: 'literal', value }, shape: VALUE, name: String(value) };
  }
  return refuse(node, state, 'expected a name, a text in quotes or a number');
}

function readPath(node: hbs.AST.PathExpression, scope: Scope, state: ReadState): Read | undefined {
  const parts = node.parts.map(String);
  const explicit = /^(\.\/|this\b|\.$|\.\.)/.test(node.original);
  const up = scope.items.length - node.depth;
  if (up < 0) return refuse(node, state, `"${node.original}" leads above the message`, 'leave out the ../');
  const level = explicit || itemHas(scope, parts[0]) ? up : 0;
  const shape = level === 0 ? CONTEXT_SHAPE : (scope.items[level - 1] ?? CONTEXT_SHAPE);
  if (level === 0 && parts.length === 0)
    return refuse(node, state, '"this" has a meaning inside {{#each}} only');
  const found = findName(shape, parts, node.original);
  if ('message' in found) return refuse(node, state, found.message, found.suggestion);
  if (level === 0) state.uses.add(parts.join('.'));
  return { expression: { kind: 'path', scope: level, parts }, shape: found.shape, name: node.original };
}

/** A bare name means the item's own where the item has it, else the message's. */
function itemHas(scope: Scope, name: string | undefined): boolean {
  const item = scope.items.at(-1);
  return item?.kind === 'group' && name !== undefined && item.names.has(name);
}

function readLoop(node: hbs.AST.PathExpression, scope: Scope, state: ReadState): Read | undefined {
  const name = node.parts.map(String).join('.');
  if (name !== 'index' && name !== 'first' && name !== 'last') {
    return refuse(
      node,
      state,
      `"${node.original}" is not available`,
      'inside {{#each}}: @index, @first, @last',
    );
  }
  if (scope.items.length === 0)
    return refuse(node, state, `"${node.original}" has a meaning inside {{#each}} only`);
  return { expression: { kind: 'loop', name }, shape: VALUE, name: node.original };
}

function readCall(node: Call, scope: Scope, state: ReadState): Read | undefined {
  const helper = isPath(node.path) ? node.path.original : '';
  if (!isHelper(helper)) {
    return refuse(node, state, `unknown helper "${helper}"`, didYouMean(helper, Object.keys(HELPERS)));
  }
  const { least, most, form } = HELPERS[helper];
  if (node.hash !== undefined || node.params.length < least || node.params.length > most) {
    return refuse(node, state, `"${helper}" is used otherwise`, `write ${form}`);
  }
  const given = node.params.flatMap((param) => readTest(param, scope, state) ?? []);
  if (given.length < node.params.length) return undefined;
  const limit = given[1];
  if (
    helper === 'short' &&
    limit !== undefined &&
    !(limit.kind === 'literal' && typeof limit.value === 'number')
  ) {
    return refuse(node, state, 'the second part of "short" is a number of characters', `write ${form}`);
  }
  return { expression: { kind: 'call', helper, given }, shape: VALUE, name: helper };
}

function refuseGroup(node: hbs.AST.Node, state: ReadState, { name, shape }: Read): undefined {
  const names = shape.kind === 'group' ? [...shape.names.keys()].map((below) => `${name}.${below}`) : [];
  return refuse(
    node,
    state,
    `"${name}" is a group of names, not one value`,
    `known here: ${names.join(', ')}`,
  );
}

function refuse(node: hbs.AST.Node, state: ReadState, message: string, suggestion?: string): undefined {
  state.report(node, message, suggestion);
  return undefined;
}

function isHelper(name: string): name is HelperName {
  return Object.hasOwn(HELPERS, name);
}

type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression;

function isCall(node: hbs.AST.Node): node is Call {
  return node.type === 'MustacheStatement' || node.type === 'SubExpression';
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

function isLiteral(
  node: hbs.AST.Node,
): node is hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral {
  return node.type === 'StringLiteral' || node.type === 'NumberLiteral' || node.type === 'BooleanLiteral';
}
