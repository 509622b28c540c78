import type { Channel } from '../engine/catalog.ts';
import type { Fault } from './fault.ts';
import { didYouMean } from './nearest.ts';
import type { TemplateFolder } from './published.ts';
import { renderTemplate } from './render-template.ts';
import { type Compiled, compileTemplate, type TemplateKind } from './template.ts';
import { emptyContext, type TemplateContext } from './template-context.ts';

/** One file of a message, without `.hbs`. */
export type TemplatePart = 'subject' | 'text' | 'html' | 'title' | 'body' | 'action';

const KINDS: Readonly<Record<TemplatePart, TemplateKind>> = {
  subject: 'subject',
  text: 'text',
  html: 'html',
  title: 'subject',
  body: 'text',
  action: 'subject',
};

const NEEDED: Readonly<Record<Channel, readonly TemplatePart[]>> = {
  email: ['subject', 'text'],
  draft: ['subject', 'text'],
  nudge: ['title', 'body', 'action'],
};

/** The parts that a message for `channel` must have and this one lacks. */
export function missingParts(folder: TemplateFolder, channel: Channel): readonly TemplatePart[] {
  return NEEDED[channel].filter((part) => !Object.hasOwn(folder.files, `${part}.hbs`));
}

/**
 * Reads every file of a message, and writes each with all optional values missing: what is wrong is a
 * fault, what only reads badly is a note. `directory` is the folder as people name it, for faults.
 */
export function checkTemplateFolder(
  folder: TemplateFolder,
  directory: string,
): { faults: Fault[]; notes: Fault[] } {
  const faults: Fault[] = [];
  const notes: Fault[] = [];
  for (const [name, source] of Object.entries(folder.files)) {
    const file = `${directory}/${name}`;
    const part = partOf(name);
    if (part === undefined) {
      faults.push(unknownFile(file, name));
      continue;
    }
    const compiled = compileTemplate(source, KINDS[part], { file });
    if (Array.isArray(compiled)) faults.push(...compiled);
    else checkWithNothingKnown(compiled, part, file, faults, notes);
  }
  notes.push(...halfTranslated(folder, directory));
  return { faults, notes };
}

function partOf(fileName: string): TemplatePart | undefined {
  const [, name = ''] = /^([a-z]+)(?:\.[a-z]{2,3}(?:-[a-z0-9]{2,8})*)?\.hbs$/i.exec(fileName) ?? [];
  return isPart(name) ? name : undefined;
}

function isPart(name: string): name is TemplatePart {
  return Object.hasOwn(KINDS, name);
}

function unknownFile(file: string, name: string): Fault {
  const known = Object.keys(KINDS).map((part) => `${part}.hbs`);
  const message = `unknown file "${name}"; expected a part of a message, or one in a language like text.de.hbs`;
  const [part = ''] = name.split('.');
  const suggestion = isPart(part) ? 'a language is written like de or pt-BR' : didYouMean(name, known);
  return { file, line: 0, path: '', message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function checkWithNothingKnown(
  compiled: Compiled,
  part: TemplatePart,
  file: string,
  faults: Fault[],
  notes: Fault[],
): void {
  const written = renderTemplate(compiled, NOTHING_KNOWN);
  if (written.trim() === '') {
    const isBlank = compiled.uses.size === 0;
    faults.push({
      file,
      line: 1,
      path: '',
      message: isBlank ? `the ${part} is empty` : `the ${part} is empty when nothing optional is known`,
      suggestion: isBlank ? 'write some words' : 'add words of its own, or {{or person.first_name "there"}}',
    });
    return;
  }
  const gap = part === 'html' ? undefined : GAP.exec(written);
  if (gap === null || gap === undefined) return;
  const around = written
    .slice(Math.max(0, gap.index - 25), gap.index + 15)
    .replaceAll('\n', ' ')
    .trim();
  const message = `reads "…${around}…" when a value is missing`;
  notes.push({
    file,
    line: 1,
    path: '',
    message,
    suggestion: 'write {{#if name}}…{{else}}…{{/if}} around it',
  });
}

// "Hi ,", "at  we", "()" and a sentence that starts with a full stop: the holes a missing value leaves.
const GAP = / [,.;:?](?=\s|$)|\S {2,}\S|\(\s*\)|“\s*”|^[,.;:?](?=\s|$)/m;

/** These are always there; all else may be missing. */
const NOTHING_KNOWN: TemplateContext = {
  ...emptyContext(),
  link: {
    ...emptyContext().link,
    advocate: 'https://vendor.example/a/token',
    referral: 'https://vendor.example/r/code',
    action: 'https://vendor.example/a/token',
  },
};

/** A German text under an English subject is worse than none. */
function halfTranslated(folder: TemplateFolder, directory: string): Fault[] {
  const parts = Object.keys(folder.files).filter((name) => /^[a-z]+\.hbs$/.test(name));
  const languages = new Set(
    Object.keys(folder.files).flatMap((name) => /^[a-z]+\.(.+)\.hbs$/.exec(name)?.[1] ?? []),
  );
  return [...languages].flatMap((language) =>
    parts
      .map((name) => name.replace(/hbs$/, `${language}.hbs`))
      .filter((name) => !Object.hasOwn(folder.files, name))
      .map((name) => ({
        file: `${directory}/${name}`,
        line: 0,
        path: '',
        message: `missing, though other parts of the message are written in "${language}"`,
      })),
  );
}
