import type { Guardrails, Signal, Trigger } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { hashOf } from './catalog-hash.ts';
import { type CatalogPlaces, type CatalogSource, loadSource } from './catalog-source.ts';
import { DEFAULT_GUARDRAILS } from './default-guardrails.ts';
import type { Example } from './example-reader.ts';
import { compareFaults, type Fault } from './fault.ts';
import { readGuardrails, windowNames } from './guardrails-reader.ts';
import { noteHopeless } from './hopeless.ts';
import { checkMentions } from './mentions.ts';
import { OWN_FILES, openFiles, strayFiles } from './open-files.ts';
import { readOwners } from './owners-reader.ts';
import type { OpenFile, Place } from './place.ts';
import { EMPTY_PROGRAM, readProgram } from './program-reader.ts';
import type { Owners, Program, PublishedCatalog, TemplateFolder } from './published.ts';
import type { RewardRule } from './reward-rule.ts';
import { readRewards } from './rewards-reader.ts';
import { readReadiness, signalNames } from './signal-reader.ts';
import { checkTemplateFolder } from './template-folder.ts';
import { readTrigger } from './trigger-reader.ts';

export type TriggerExamples = {
  readonly trigger: string;
  readonly file: string;
  readonly examples: readonly Example[];
};

export type CheckResult = {
  /** Absent when there is a fault: a catalog is in force whole or not at all. */
  readonly catalog?: Omit<PublishedCatalog, 'version'>;
  readonly examples: readonly TriggerExamples[];
  /** All of them, of all files, in order. */
  readonly faults: readonly Fault[];
  /** What is allowed and yet worth knowing, such as each loosened guardrail. */
  readonly notes: readonly Fault[];
  /** The texts it was read from, to be stored with a version and given to `parseCatalog` again. */
  readonly source: CatalogSource;
};

/** Reads and checks all that a growth team owns. Without `templatesDir` the messages are not looked at. */
export async function readCatalog(directories: {
  triggersDir: string;
  templatesDir?: string;
}): Promise<CheckResult> {
  const { source, places, faults } = await loadSource(directories);
  return parseCatalog(source, places, faults);
}

/** Checks a catalog from its texts. */
export function parseCatalog(
  source: CatalogSource,
  places: CatalogPlaces = { triggers: 'triggers', templates: 'templates' },
  earlier: readonly Fault[] = [],
): CheckResult {
  const { files, faults: misnamed } = openFiles(source, places);
  const templates = foldersOf(source);
  const parts = readFiles(files);
  const strays = strayFiles(files);
  const opened = [...files.values()].map(({ file }) => file);
  checkMentions(opened, {
    signals: files.get('readiness')?.root && parts.signalNames,
    windows: isBroken(files.get('guardrails')) ? undefined : windowNames(files.get('guardrails')?.root),
    triggers: parts.triggerNames,
    templates: source.templates && templates,
    templatesName: places.templates,
  });
  const messages = [...templates.values()].map((folder) =>
    checkTemplateFolder(folder, `${places.templates}/${folder.name}`),
  );
  const faults = [
    ...earlier,
    ...misnamed,
    ...opened.flatMap((file) => strays.get(file) ?? file.faults),
    ...messages.flatMap((one) => one.faults),
  ];
  if (!files.has('readiness') && earlier.length === 0) faults.push(missingReadiness(places));
  const catalog = faults.length > 0 ? undefined : assemble(parts, templates);
  if (catalog) noteHopeless(catalog.catalog, files);
  const notes = [
    ...opened.flatMap((file) => file.notes),
    ...messages.flatMap((one) => one.notes),
    ...unblocked(parts, files, places),
  ];
  return {
    ...defined({ catalog }),
    examples: parts.examples,
    faults: tidy(faults),
    notes: tidy(notes),
    source,
  };
}

// There, but past reading: its names are unknown, so nobody is blamed for using them.
const isBroken = (opened: OpenFile | undefined) => opened !== undefined && opened.root === undefined;

type Parts = {
  readonly signals: readonly Signal[];
  readonly signalNames: readonly string[];
  readonly triggers: readonly Trigger[];
  readonly triggerNames: readonly string[];
  readonly examples: readonly TriggerExamples[];
  readonly guardrails: Guardrails | undefined;
  readonly program: Program | undefined;
  readonly rewards: readonly RewardRule[] | undefined;
  readonly owners: Owners | undefined;
};

function readFiles(files: ReadonlyMap<string, OpenFile>): Parts {
  const root = (name: string) => files.get(name)?.root;
  const at = <Value>(name: string, read: (place: Place) => Value | undefined) => {
    const place = root(name);
    return place && read(place);
  };
  const triggers: Trigger[] = [];
  const examples: TriggerExamples[] = [];
  const triggerNames = [...files.keys()].filter((name) => !OWN_FILES.includes(name));
  for (const name of triggerNames) {
    const found = at(name, (place) => readTrigger(name, place));
    if (found === undefined) continue;
    triggers.push(found.trigger);
    examples.push({ trigger: name, file: files.get(name)?.file.name ?? name, examples: found.examples });
  }
  return {
    signals: at('readiness', readReadiness) ?? [],
    signalNames: at('readiness', signalNames) ?? [],
    triggers: triggers.sort((a, b) => (a.name < b.name ? -1 : 1)),
    triggerNames,
    examples,
    guardrails: at('guardrails', readGuardrails),
    program: at('program', readProgram),
    rewards: at('rewards', readRewards),
    owners: at('owners', readOwners),
  };
}

function assemble(
  parts: Parts,
  templates: ReadonlyMap<string, TemplateFolder>,
): Omit<PublishedCatalog, 'version'> {
  const { signals, triggers, rewards, owners } = parts;
  const guardrails = parts.guardrails ?? DEFAULT_GUARDRAILS;
  const program = parts.program ?? EMPTY_PROGRAM;
  const blockWhen = guardrails.blockWhen.filter((name) => parts.signalNames.includes(name));
  const decided = { signals, triggers, guardrails: { ...guardrails, blockWhen } };
  const hash = hashOf({
    ...decided,
    program,
    rewards: rewards ?? null,
    // Left out where there is none, so that catalogs from before it keep their hash.
    ...defined({ owners }),
    templates: Object.fromEntries(templates),
  });
  const catalog = { ...decided, hash };
  return { hash, catalog, program, templates, ...defined({ rewards, owners }) };
}

function foldersOf({ templates = {} }: CatalogSource): Map<string, TemplateFolder> {
  return new Map(Object.entries(templates).map(([name, files]) => [name, { name, files }]));
}

/** The default blockers are signals that a team may not have: then nothing stands for them. */
function unblocked(parts: Parts, files: ReadonlyMap<string, OpenFile>, places: CatalogPlaces): Fault[] {
  const guardrails = parts.guardrails ?? DEFAULT_GUARDRAILS;
  if (!files.get('readiness')?.root || parts.triggers.length === 0) return [];
  const file = files.get('guardrails')?.file.name ?? `${places.triggers}/guardrails.yaml`;
  return guardrails.blockWhen
    .filter((name) => !parts.signalNames.includes(name))
    .map((name) => ({
      file,
      line: 0,
      path: 'block_when',
      message: `readiness.yaml defines no signal "${name}", so nothing of that kind blocks an ask`,
    }));
}

const missingReadiness = ({ triggers }: CatalogPlaces): Fault => ({
  file: `${triggers}/readiness.yaml`,
  line: 0,
  path: '',
  message: 'the file is missing; it names the signals that readiness is made of',
});

/** In the order a person reads, and none twice. */
function tidy(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  return [...faults].sort(compareFaults).filter((fault) => {
    const key = JSON.stringify([fault.file, fault.line, fault.path, fault.message]);
    return !seen.has(key) && seen.add(key);
  });
}
