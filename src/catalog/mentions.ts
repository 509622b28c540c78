import { GATE_LABELS } from '../engine/gate-labels.ts';
import { didYouMean } from './nearest.ts';
import { type Mention, note, type Place, report, type SourceFile } from './place.ts';
import type { TemplateFolder } from './published.ts';
import { missingParts } from './template-folder.ts';

export type Known = {
  /** Undefined when `readiness.yaml` could not be read: then no gate is blamed for it. */
  readonly signals: readonly string[] | undefined;
  readonly windows: readonly string[] | undefined;
  readonly triggers: readonly string[];
  readonly templates: ReadonlyMap<string, TemplateFolder> | undefined;
  readonly templatesName: string;
};

/** Reports every name that a file uses and no file defines. */
export function checkMentions(files: readonly SourceFile[], known: Known): void {
  for (const one of files.flatMap((file) => file.mentions)) checkMention(one, known);
}

function checkMention({ of, name, at, channel }: Mention, known: Known): void {
  if (of === 'template') checkTemplate(name, at, channel, known);
  else if (of === 'gate') noteGate(name, at, known.signals);
  else checkName(of, name, at, known[`${of}s`]);
}

function checkName(what: string, name: string, at: Place, names: readonly string[] | undefined): void {
  if (names === undefined || names.includes(name)) return;
  const anytime = what === 'window' && /^(any ?time|always|any)$/i.test(name);
  const hint = anytime ? 'leave "send" out for any hour that is not quiet' : didYouMean(name, names);
  report(at, `unknown ${what} ${JSON.stringify(name)}`, hint);
}

/** A gate that does not exist is no fault of a catalog: the example that waits for it fails. */
function noteGate(name: string, at: Place, signals: readonly string[] | undefined): void {
  const gates = [...Object.keys(GATE_LABELS), ...(signals ?? [])];
  if (signals === undefined || gates.includes(name)) return;
  note(at, `no gate is called "${name}"`, didYouMean(name, gates));
}

function checkTemplate(
  name: string,
  at: Place,
  channel: Mention['channel'],
  { templates, templatesName }: Known,
): void {
  if (templates === undefined) return;
  const folder = templates.get(name);
  if (folder === undefined) {
    const where = /^[\w.-]+$/.test(name) ? `${templatesName}/${name}` : `of that name in ${templatesName}`;
    const message = `unknown template ${JSON.stringify(name)}: there is no folder ${where}`;
    report(at, message, didYouMean(name.replace(/^.*\//, ''), templates.keys()));
    return;
  }
  const missing = channel === undefined ? [] : missingParts(folder, channel);
  if (missing.length === 0) return;
  const files = missing.map((part) => `${templatesName}/${name}/${part}.hbs`).join(', ');
  const article = channel === 'email' ? 'an' : 'a';
  report(at, `the template "${name}" lacks what ${article} ${channel} needs: ${files}`);
}
