import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/**
 * One classic script out of the compiled modules in a folder, beginning with `script.js`: each module after those that
 * it imports, all in one scope. They import by name and without renaming; a name that two of them declare is an error.
 */
export function browserScript(folder) {
  const seen = new Set();
  const textOf = (name) => {
    if (seen.has(name)) return '';
    seen.add(name);
    const text = readFileSync(join(folder, name), 'utf8');
    const before = [...text.matchAll(/^import .* from '\.\/(.+)';$/gm)].map(([, imported]) =>
      textOf(imported),
    );
    return before.join('') + text.replace(/^import .*\n|^export /gm, '').replace(/^\s+/gm, '');
  };
  // A block, because only there strict code refuses a function declared twice.
  const script = `(() => {'use strict'; {\n${textOf('script.js')}}})();\n`;
  new Script(script, { filename: 'goodturn.js' });
  return script;
}
