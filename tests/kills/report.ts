import { storedIds } from './check-stored.ts';
import { type History, ofKind } from './history.ts';
import type { Tables } from './tables.ts';

export type Report = {
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly acked: number;
  /** Stored although the client was never told: allowed, and found again by its next try. */
  readonly unacked: number;
  readonly mails: number;
  readonly asks: Readonly<Record<string, number>>;
  readonly restartMs: { readonly median: number; readonly worst: number };
  /** Where every step of the run is written down, kept when something is wrong. */
  readonly history: string;
  readonly faults: readonly string[];
};

/** Events that are stored although their client has not been told. */
export function countUnacked(entries: History['entries'], tables: Tables): number {
  const stored = storedIds(tables);
  const acked = new Set(ofKind(entries, 'acked').flatMap(({ events }) => events));
  const sent = new Set(ofKind(entries, 'sent').flatMap(({ events }) => events));
  return [...sent].filter((id) => stored.has(id) && !acked.has(id)).length;
}

/** The figures of a run. */
export function summarise({ entries }: History, tables: Tables | undefined) {
  const restarts = ofKind(entries, 'ready')
    .map(({ afterMs }) => afterMs)
    .sort((a, b) => a - b);
  return {
    kills: countBy(ofKind(entries, 'kill').map(({ moment }) => moment)),
    acked: new Set(ofKind(entries, 'acked').flatMap(({ events }) => events)).size,
    asks: countBy((tables?.asks ?? []).map(({ channel, status }) => `${channel} ${status}`)),
    restartMs: {
      median: Math.round(restarts[restarts.length >> 1] ?? 0),
      worst: Math.round(restarts.at(-1) ?? 0),
    },
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
