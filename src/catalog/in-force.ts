import { createHash } from 'node:crypto';
import { FOLD_VERSION } from '../engine/fold.ts';
import { createEffects, type EffectsOf } from '../engine/replay/effects.ts';
import { indexSignals, type SignalIndex } from '../engine/signal-index.ts';
import type { PublishedCatalog } from './published.ts';

/** A published catalog with what folding needs of it, worked out once. */
export type CatalogInForce = PublishedCatalog & {
  /** Of the signals and how they are folded: states folded under another hash are folded anew. */
  readonly signalsHash: string;
  readonly signalIndex: SignalIndex;
  /** Of each signal, what it is folded from: under another mark the same name is another signal. */
  readonly signalMarks: Readonly<Record<string, string>>;
  readonly effectsOf: EffectsOf;
};

/** Works out what folding and deciding by a published catalog need. */
export function putInForce(published: PublishedCatalog): CatalogInForce {
  const { signals } = published.catalog;
  return {
    ...published,
    signalsHash: shortHash([FOLD_VERSION, signals]),
    signalIndex: indexSignals(signals),
    signalMarks: Object.fromEntries(
      signals.map(({ name, evidence, says }) => [name, shortHash([evidence, says])]),
    ),
    effectsOf: createEffects(published.catalog),
  };
}

const shortHash = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
