import type { TemplateFolder } from '../catalog/published.ts';
import { renderTemplate } from '../catalog/render-template.ts';
import { type Compiled, compileTemplate, type TemplateKind } from '../catalog/template.ts';
import type { TemplateContext } from '../catalog/template-context.ts';
import { isWebUrl } from './address.ts';
import type { RenderedMail } from './email.ts';
import { htmlFromText } from './html-part.ts';
import type { RenderedNudge } from './nudge.ts';

/**
 * The mail (or the draft) of a template in the reader's language. The HTML part is the template's own where
 * it has one in the language of the text, else made from the text.
 */
export function renderMail(
  folder: TemplateFolder,
  locale: string | null,
  context: TemplateContext,
): RenderedMail {
  const text = renderPart(folder, 'text', 'text', locale, context);
  const htmlFile = variantOf(folder, 'html', locale);
  const sameLanguage = suffixOf(htmlFile, 'html') === suffixOf(variantOf(folder, 'text', locale), 'text');
  return {
    subject: renderPart(folder, 'subject', 'subject', locale, context),
    text,
    html:
      htmlFile !== undefined && sameLanguage
        ? renderTemplate(compiled(folder, htmlFile, 'html'), context)
        : htmlFromText(text, linksOf(context)),
  };
}

/** The card of a nudge in the reader's language. Throws when its button leads nowhere. */
export function renderNudge(
  folder: TemplateFolder,
  locale: string | null,
  context: TemplateContext,
): RenderedNudge {
  const url = context.link.action ?? context.link.advocate ?? '';
  if (!isWebUrl(url))
    throw new Error(`The nudge ${folder.name} has no http(s) URL for its button, got "${url}"`);
  return {
    title: renderPart(folder, 'title', 'subject', locale, context),
    body: renderPart(folder, 'body', 'text', locale, context).trim(),
    action: { label: renderPart(folder, 'action', 'subject', locale, context), url },
  };
}

/** Every link of a message that we or the growth team made; nothing a customer wrote is among them. */
function linksOf({ link, program }: TemplateContext): string[] {
  const ours = [
    ...Object.values(link),
    ...program.assets.map(({ url }) => url),
    program.booking_url,
    program.terms_url,
  ];
  return ours.filter((url) => url !== null);
}

function renderPart(
  folder: TemplateFolder,
  part: string,
  kind: TemplateKind,
  locale: string | null,
  context: TemplateContext,
): string {
  const file = variantOf(folder, part, locale);
  if (file === undefined) throw new Error(`The template ${folder.name} has no ${part}.hbs`);
  return renderTemplate(compiled(folder, file, kind), context);
}

/** For `de-AT`: `text.de-AT.hbs`, else `text.de.hbs`, else `text.hbs`. */
function variantOf(folder: TemplateFolder, part: string, locale: string | null): string | undefined {
  const wanted = (locale ?? '').replaceAll('_', '-').toLowerCase();
  const [language = ''] = wanted.split('-');
  const names = [`${part}.${wanted}.hbs`, `${part}.${language}.hbs`, `${part}.hbs`];
  const files = Object.keys(folder.files);
  return names
    .map((name) => files.find((file) => file.replaceAll('_', '-').toLowerCase() === name))
    .find((file) => file !== undefined);
}

const suffixOf = (file: string | undefined, part: string) => file?.slice(part.length);

// A published catalog never changes, so its folders are keys enough, and go when it goes.
const compilations = new WeakMap<TemplateFolder, Map<string, Compiled>>();

function compiled(folder: TemplateFolder, file: string, kind: TemplateKind): Compiled {
  const known = compilations.get(folder) ?? new Map<string, Compiled>();
  compilations.set(folder, known);
  const before = known.get(file);
  if (before !== undefined) return before;
  const result = compileTemplate(folder.files[file], kind, { file: `${folder.name}/${file}` });
  if (Array.isArray(result))
    throw new Error(
      `The template ${folder.name}/${file} is faulty: ${result.map(({ message }) => message).join('; ')}`,
    );
  known.set(file, result);
  return result;
}
