import { type Fault, fieldErrors, formatFaults } from '../catalog/fault.ts';
import type { Program, TemplateFolder } from '../catalog/published.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { checkTemplateFolder } from '../catalog/template-folder.ts';
import type { Config } from '../config.ts';
import { buildContext, type ContextFacts } from '../delivery/context.ts';
import type { RenderedMail } from '../delivery/email.ts';
import type { RenderedNudge } from '../delivery/nudge.ts';
import { renderMail, renderNudge } from '../delivery/render.ts';
import type { Deps } from '../deps.ts';
import type { Trigger } from '../engine/catalog.ts';
import { Refusal } from '../errors.ts';
import { type PreviewFor, previewFacts } from './preview-facts.ts';
import { sampleFacts } from './sample-facts.ts';

/** A message as published or as somebody is writing it, with what else it may speak of. */
export type Draft = {
  readonly folder: TemplateFolder;
  readonly program: Program;
  /** Those that use it. */
  readonly triggers: readonly Trigger[];
};

export type Preview = {
  readonly template: string;
  /** Null: made up. */
  readonly account: string | null;
  readonly person: string | null;
  readonly message: ({ readonly kind: 'mail' } & RenderedMail) | ({ readonly kind: 'nudge' } & RenderedNudge);
};

/** A message as an account's person would get it now. Writes nothing. Throws `not_found` Refusals. */
export async function previewFor(
  deps: Pick<Deps, 'db' | 'keys' | 'config' | 'catalog' | 'catalogOfSignals' | 'clock'>,
  draft: Draft,
  whom: PreviewFor,
): Promise<Preview> {
  const facts = await previewFacts(deps, draft.triggers, whom);
  return written(draft, facts, { account: facts.account.id, person: facts.person.id || null });
}

/** The same to somebody made up. */
export function previewSample(draft: Draft, config: Pick<Config, 'PRODUCT_NAME' | 'BASE_URL'>): Preview {
  return written(draft, sampleFacts(config, draft.triggers), { account: null, person: null });
}

function written(
  { folder, program }: Draft,
  facts: Omit<ContextFacts, 'program'>,
  whom: Pick<Preview, 'account' | 'person'>,
): Preview {
  const context = buildContext({ ...facts, program });
  const { locale } = context.person;
  const isNudge = Object.hasOwn(folder.files, 'title.hbs');
  const message = isNudge
    ? ({ kind: 'nudge', ...renderNudge(folder, locale, context) } as const)
    : ({ kind: 'mail', ...renderMail(folder, locale, context) } as const);
  return { template: folder.name, ...whom, message };
}

/** A message of the version in force; `files`: as somebody has changed it. Throws `not_found`, `invalid` Refusals. */
export function publishedDraft(
  deps: Pick<Deps, 'catalog'>,
  name: string,
  files?: Readonly<Record<string, string>>,
): Draft {
  const { templates, program, catalog } = deps.catalog();
  const folder = files === undefined ? templates.get(name) : { name, files };
  if (folder === undefined) throw unknownTemplate(name, [...templates.keys()]);
  const { faults } = files === undefined ? { faults: [] } : checkTemplateFolder(folder, `templates/${name}`);
  if (faults.length > 0) throw faulty(faults);
  return { folder, program, triggers: usersOf(name, catalog.triggers) };
}

/** A message as it is on disk. Throws `not_found` and `invalid` Refusals. */
export async function draftOnDisk(
  directories: { readonly triggersDir: string; readonly templatesDir: string },
  name: string,
): Promise<Draft> {
  const { catalog, faults } = await readCatalog(directories);
  if (catalog === undefined) throw faulty(faults);
  const folder = catalog.templates.get(name);
  if (folder === undefined) throw unknownTemplate(name, [...catalog.templates.keys()]);
  return { folder, program: catalog.program, triggers: usersOf(name, catalog.catalog.triggers) };
}

const usersOf = (name: string, triggers: readonly Trigger[]) =>
  triggers.filter(({ template, fallback }) => template === name || fallback?.template === name);

const unknownTemplate = (name: string, known: readonly string[]) =>
  new Refusal('not_found', `There is no template "${name.slice(0, 100)}". Known: ${known.join(', ')}.`);

const faulty = (faults: readonly Fault[]) =>
  new Refusal('invalid', `The message cannot be written:\n${formatFaults(faults)}`, fieldErrors(faults));
