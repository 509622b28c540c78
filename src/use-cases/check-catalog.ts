import { type ExampleResult, runExamples } from '../catalog/examples.ts';
import { compareFaults, type Fault, formatFaults } from '../catalog/fault.ts';
import { noteLostHours } from '../catalog/lost-hours.ts';
import { type CheckResult, readCatalog } from '../catalog/read-catalog.ts';
import { type WaitingTrigger, waitingTriggers } from '../catalog/waiting.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { Seen, UnseenSignal } from '../engine/unseen.ts';
import { unseenSignals } from '../engine/unseen.ts';

export type CatalogPlace = { readonly triggersDir: string; readonly templatesDir?: string };

export type CatalogCheck = {
  readonly faults: readonly Fault[];
  readonly notes: readonly Fault[];
  /** Where it was known what has ever been reported: signals that have nothing to go by. */
  readonly unseen: readonly UnseenSignal[] | undefined;
  /** And triggers that wait for what has never come. */
  readonly waiting: readonly WaitingTrigger[] | undefined;
  readonly result: CheckResult;
};

/** Checks all that a growth team owns: what is wrong with it, and what is worth knowing. */
export async function checkCatalog(place: CatalogPlace, seen?: Seen): Promise<CatalogCheck> {
  const result = await readCatalog(place);
  const { catalog, faults } = result;
  const lost = catalog === undefined ? [] : noteLostHours(catalog.catalog, result);
  const unseen = seen && catalog && unseenSignals(catalog.catalog.signals, seen);
  const waiting = seen && catalog && waitingTriggers(catalog.catalog, seen);
  return { faults, notes: [...result.notes, ...lost].sort(compareFaults), unseen, waiting, result };
}

/** The definitions to decide by; messages are not looked at. Throws one error that lists every fault. */
export async function readDefinitions(triggersDir: string): Promise<Catalog> {
  const { catalog, faults } = await readCatalog({ triggersDir });
  if (catalog !== undefined) return catalog.catalog;
  throw new Error(`${triggersDir} is no catalog that could be used:\n${formatFaults(faults)}`);
}

export type PlayedExamples = {
  readonly faults: readonly Fault[];
  /** All there are, by name. */
  readonly triggers: readonly string[];
  readonly results: readonly ExampleResult[];
};

/** Plays the examples inside the files through the engine; nothing is played when the catalog has a fault. */
export async function playExamples(place: CatalogPlace): Promise<PlayedExamples> {
  const { catalog, examples, faults } = await readCatalog(place);
  if (catalog === undefined) return { faults, triggers: [], results: [] };
  const triggers = catalog.catalog.triggers.map(({ name }) => name).sort();
  return { faults, triggers, results: runExamples(catalog.catalog, examples) };
}
