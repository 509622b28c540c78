import type { Catalog, Signal, Trigger } from './catalog.ts';

/** What evaluations look up in a catalog again and again. */
export type CatalogIndex = {
  readonly signals: ReadonlyMap<string, Signal>;
  readonly triggers: ReadonlyMap<string, Trigger>;
  /** The live and shadow triggers, strongest first: by priority, then by name. */
  readonly evaluated: readonly Trigger[];
  /** Event name to the live and shadow triggers that it opens. */
  readonly waitingFor: ReadonlyMap<string, readonly Trigger[]>;
};

const indexes = new WeakMap<Catalog, CatalogIndex>();

/** The index of a catalog, made once: a catalog never changes. */
export function indexOf(catalog: Catalog): CatalogIndex {
  const known = indexes.get(catalog);
  if (known) return known;
  const index = makeIndex(catalog);
  indexes.set(catalog, index);
  return index;
}

/** Orders triggers by strength, the strongest first. */
export function compareStrength(a: Trigger, b: Trigger): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function makeIndex({ signals, triggers }: Catalog): CatalogIndex {
  const evaluated = triggers
    .filter(({ status }) => status === 'live' || status === 'shadow')
    .sort(compareStrength);
  const waitingFor = new Map<string, Trigger[]>();
  for (const trigger of evaluated) {
    for (const name of new Set(trigger.on)) waitingFor.set(name, [...(waitingFor.get(name) ?? []), trigger]);
  }
  return {
    signals: new Map(signals.map((signal) => [signal.name, signal])),
    triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
    evaluated,
    waitingFor,
  };
}
