import { CONTEXT_NAMES } from './template-context.ts';

type Slip = { readonly line: number; readonly message: string; readonly suggestion: string };

/** `{first_name}` and `${person.name}`: names that would be sent as they stand. */
export function singleBraces(source: string): Slip[] {
  const outside = source.replace(/\{\{[\s\S]*?\}\}/g, (tag) => tag.replace(/[^\n]/g, ' '));
  return [...outside.matchAll(/\$?\{\s*([a-z_]+(?:\.[a-z_]+)*)\s*\}/g)].flatMap(
    ({ 0: text, 1: name = '', index }) => {
      const meant = fullName(name);
      if (meant === undefined) return [];
      return [
        {
          line: lineAt(outside, index),
          message: `"${text}" would be sent as it stands`,
          suggestion: `write {{${meant}}}`,
        },
      ];
    },
  );
}

/** The name of the context that ends like this one: `person.first_name` for `first_name`. */
export function fullName(name: string): string | undefined {
  return CONTEXT_NAMES.find((known) => known === name || known.endsWith(`.${name}`));
}

/** The innermost block that is opened and not closed. */
export function unclosedBlock(source: string): { readonly name: string; readonly line: number } | undefined {
  const open: { name: string; line: number }[] = [];
  for (const { 1: mark, 2: name = '', index } of source.matchAll(/\{\{~?([#/])\s*(\w+)/g)) {
    if (mark === '#') open.push({ name, line: lineAt(source, index) });
    else open.pop();
  }
  return open.at(-1);
}

const lineAt = (source: string, index: number) => source.slice(0, index).split('\n').length;
