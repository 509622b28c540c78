import { didYouMean } from './nearest.ts';
import { CONTEXT_NAMES } from './template-context.ts';
import { fullName } from './template-slips.ts';

/** What stands at a name of the template context. */
export type Shape =
  | { readonly kind: 'value' }
  /** Any name may follow: the properties of an event. */
  | { readonly kind: 'anything' }
  | { readonly kind: 'group'; readonly names: ReadonlyMap<string, Shape> }
  | { readonly kind: 'list'; readonly item: Shape };

export type Found = { readonly shape: Shape } | { readonly message: string; readonly suggestion?: string };

/** Names that lead out of the data in JavaScript; no event property may be read under them. */
const FORBIDDEN = new Set([
  '__proto__',
  'constructor',
  'prototype',
  '__defineGetter__',
  '__lookupGetter__',
  'toHTML',
]);

export const CONTEXT_SHAPE: Shape = shapeOf(CONTEXT_NAMES);

/** The shape at `parts` below `shape`, or what is wrong with the name. `original` is as it was written. */
export function findName(shape: Shape, parts: readonly string[], original: string): Found {
  let here = shape;
  for (const [depth, part] of parts.entries()) {
    if (FORBIDDEN.has(part)) return { message: `"${original}" is not a name a template may use` };
    if (here.kind === 'anything') continue;
    const next = here.kind === 'group' ? here.names.get(part) : undefined;
    if (next === undefined) return unknownName(shape, here, parts.slice(0, depth), original);
    here = next;
  }
  return { shape: here };
}

function unknownName(root: Shape, here: Shape, before: readonly string[], original: string): Found {
  const message = `unknown name "${original}"`;
  if (here.kind === 'list') {
    const list = before.join('.');
    return { message, suggestion: `"${list}" is a list: write {{#each ${list}}}…{{/each}}` };
  }
  const inside = fullName(snakeCase(original));
  if (here === root && inside !== undefined) return { message, suggestion: `did you mean "${inside}"?` };
  if (before.join('.') === 'event') {
    const property = original.replace(/^event\./, '');
    return { message, suggestion: `a property of the event is "event.properties.${property}"` };
  }
  const suggestion = didYouMean(original, allNames(root));
  const siblings =
    here.kind === 'group' ? [...here.names.keys()].map((name) => [...before, name].join('.')) : [];
  const known = siblings.length > 0 ? `known here: ${siblings.join(', ')}` : undefined;
  const best = suggestion?.startsWith('did') ? suggestion : known;
  return best === undefined ? { message } : { message, suggestion: best };
}

// "firstName" and "first_name" are the same slip.
const snakeCase = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** Every full name below a group, for suggestions. */
function allNames(shape: Shape, before = ''): string[] {
  if (shape.kind !== 'group') return [before];
  return [...shape.names].flatMap(([name, below]) =>
    allNames(below, before === '' ? name : `${before}.${name}`),
  );
}

function shapeOf(names: readonly string[]): Shape {
  const heads = new Map<string, string[]>();
  for (const name of names) {
    const [head = '', ...rest] = name.split('.');
    heads.set(head, [...(heads.get(head) ?? []), rest.join('.')]);
  }
  if (heads.size === 1 && heads.has('*')) return { kind: 'anything' };
  return { kind: 'group', names: new Map([...heads].map(([head, below]) => nameAndShape(head, below))) };
}

function nameAndShape(head: string, below: readonly string[]): [string, Shape] {
  if (head.endsWith('[]')) return [head.slice(0, -2), { kind: 'list', item: shapeOf(below) }];
  return [head, below.length === 1 && below[0] === '' ? { kind: 'value' } : shapeOf(below)];
}
