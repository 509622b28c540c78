import { createHash } from 'node:crypto';
import { indexSignals, type SignalIndex } from '../engine/signal-index.ts';
import type { PublishedCatalog } from './published.ts';

/** A published catalog with what folding needs of it, worked out once. */
export type CatalogInForce = PublishedCatalog & {
  /** Of the signals alone: states folded under another hash are folded anew. */
  readonly signalsHash: string;
  readonly signalIndex: SignalIndex;
};

export function putInForce(published: PublishedCatalog): CatalogInForce {
  const { signals } = published.catalog;
  return {
    ...published,
    signalsHash: createHash('sha256').update(JSON.stringify(signals)).digest('hex').slice(0, 16),
    signalIndex: indexSignals(signals),
  };
}
