import type { CatalogPlaces, CatalogSource } from './catalog-source.ts';
import type { Fault } from './fault.ts';
import { nearest } from './nearest.ts';
import { entriesOf, faultAt, isMapAt, type OpenFile, openYaml, type SourceFile } from './place.ts';

/** The files of `triggers/` that are no triggers. */
export const OWN_FILES: readonly string[] = ['readiness', 'guardrails', 'program', 'rewards', 'owners'];

/** Each file by its name without the ending. */
export function openFiles({ triggers }: CatalogSource, places: CatalogPlaces) {
  const files = new Map<string, OpenFile>();
  const faults: Fault[] = [];
  for (const [name, content] of Object.entries(triggers)) {
    const stem = name.replace(/\.ya?ml$/, '');
    const label = `${places.triggers}/${name}`;
    const refuse = (message: string, suggestion: string) =>
      faults.push({ file: label, line: 0, path: '', message, suggestion });
    if (files.has(stem)) refuse(`"${stem}" is defined twice, in a .yaml and a .yml file`, 'keep one of them');
    else if (/^[A-Za-z0-9][\w.-]{0,79}$/.test(stem)) files.set(stem, openYaml(label, content));
    else refuse(`"${stem}" cannot name a trigger`, 'use letters, digits and -, like promoter-email');
  }
  return { files, faults };
}

/** `guardrail.yaml` is read as a trigger and is none: one fault that says so, in place of its own. */
export function strayFiles(files: ReadonlyMap<string, OpenFile>): ReadonlyMap<SourceFile, readonly Fault[]> {
  const strays = new Map<SourceFile, readonly Fault[]>();
  for (const [name, { file, root }] of files) {
    if (root === undefined || OWN_FILES.includes(name)) continue;
    const meant = nearest(
      name,
      OWN_FILES.filter((own) => !files.has(own)),
    );
    const keys = (isMapAt(root) && entriesOf(root, '')?.map(({ key }) => key)) || [];
    if (meant === undefined || keys.includes('channel') || keys.includes('template')) continue;
    const message = `a trigger by its name, and none by what it says`;
    strays.set(file, [faultAt(root, message, `did you mean ${meant}.yaml?`)]);
  }
  return strays;
}
