import { isMap, isScalar, parseDocument } from 'yaml';
import type { CatalogSource } from './catalog-source.ts';
import { nearest } from './nearest.ts';

/** One value somewhere in a catalog: the file without its ending, and the way to it. */
export type ValuePath = { readonly file: string; readonly keys: readonly (string | number)[] };

/**
 * Reads `promoter-email.when[1].readiness.at_least` or `readiness.signals.promoter.points`. A leading `triggers.` is
 * allowed. Undefined when it names no value.
 */
export function parseValuePath(text: string): ValuePath | undefined {
  const steps = [...text.replace(/^triggers\./, '').matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(
    ([, key, index]) => (index === undefined ? String(key) : Number(index)),
  );
  const [file, ...keys] = steps;
  return typeof file === 'string' && keys.length > 0 ? { file, keys } : undefined;
}

/** The same catalog with another value there. Throws an error that says what is there instead. */
export function withValue(
  source: CatalogSource,
  { file, keys }: ValuePath,
  value: string | number,
): CatalogSource {
  const name = [`${file}.yaml`, `${file}.yml`].find((one) => source.triggers[one] !== undefined);
  const text = name === undefined ? undefined : source.triggers[name];
  if (name === undefined || text === undefined) {
    const files = Object.keys(source.triggers).map((one) => one.replace(/\.ya?ml$/, ''));
    throw new Error(`There is no file ${file}.yaml${suggested(file, files)} There are: ${files.join(', ')}.`);
  }
  const document = parseDocument(text);
  for (const [i] of keys.entries()) {
    const above = document.getIn(keys.slice(0, i), true);
    if (document.hasIn(keys.slice(0, i + 1))) continue;
    const known = isMap(above) ? above.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];
    const where = [file, ...keys.slice(0, i)].join('.');
    // The last key may be one that the file leaves to its default.
    if (i === keys.length - 1 && isMap(above)) break;
    throw new Error(`${name} has no ${String(keys[i])} in ${where}${suggested(String(keys[i]), known)}`);
  }
  document.setIn(keys, value);
  return { ...source, triggers: { ...source.triggers, [name]: document.toString() } };
}

function suggested(came: string, known: readonly string[]): string {
  const near = nearest(came, known);
  return near === undefined ? '.' : `; did you mean ${near}?`;
}
