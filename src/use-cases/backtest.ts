import type { Workspace } from '../engine/account.ts';
import type { Catalog } from '../engine/catalog.ts';
import { defined } from '../engine/record.ts';
import { createReplay, type Replay } from '../engine/replay/replay.ts';
import { newlyAsked, type ReplayAsk, type ReplayReport, reportOf } from '../engine/replay/report.ts';
import { type ToKeep, toKeepNext } from '../engine/replay/to-keep.ts';
import type { Instant } from '../engine/time.ts';
import type { Progress } from './history-lines.ts';
import { type HistoryRead, readHistory } from './read-history.ts';

export type BacktestRequest = {
  readonly catalog: Catalog;
  /** Another catalog to compare with. */
  readonly against?: Catalog;
  readonly workspace: Workspace;
  readonly from?: Instant;
  readonly to?: Instant;
};

export type Backtest = ReplayReport & {
  readonly compared?: {
    readonly against: ReplayReport;
    readonly newlyAsked: readonly ReplayAsk[];
    readonly noLongerAsked: readonly ReplayAsk[];
  };
};

export type FileBacktest = { readonly backtest: Backtest; readonly read: HistoryRead };

/** What the catalogs would have done over a file of Segment messages, each message a step. */
export function backtestFile(path: string, request: BacktestRequest, progress?: Progress): FileBacktest {
  const { reports, read } = replayFile(
    path,
    [request.catalog, ...(request.against ? [request.against] : [])],
    request,
    progress,
  );
  return { backtest: compared(reports), read };
}

/** Plays the same history through several catalogs, in one pass. */
export function replayFile(
  path: string,
  catalogs: readonly Catalog[],
  options: Omit<BacktestRequest, 'catalog' | 'against'>,
  progress?: Progress,
): { readonly reports: readonly ReplayReport[]; readonly read: HistoryRead } {
  let keep: ToKeep | undefined;
  for (;;) {
    let replays: readonly Replay[] = [];
    const begin = () => {
      replays = startReplays(catalogs, options, keep);
      const [only] = replays;
      if (only !== undefined && replays.length === 1) return only.receiveEach;
      return (events: Parameters<Replay['receiveEach']>[0], at: Instant) => {
        for (const replay of replays) replay.receiveEach(events, at);
      };
    };
    const read = readHistory(path, begin, progress);
    const worlds = replays.map((replay) => replay.end(options.to));
    // Where it had to know more than it kept, the next run keeps that.
    const next = toKeepNext(worlds);
    if (next === undefined) return { reports: worlds.map(reportOf), read };
    keep = next;
  }
}

/** A replay of each catalog, at its beginning. */
export function startReplays(
  catalogs: readonly Catalog[],
  { workspace, from, to }: Omit<BacktestRequest, 'catalog' | 'against'>,
  keep: ToKeep | undefined,
): readonly Replay[] {
  const options = {
    workspace,
    ...defined({ from, to, keep }),
  };
  return catalogs.map((catalog) => createReplay(catalog, options));
}

/** The first of two reports, compared with the second where there is one. */
export function compared([report, against]: readonly ReplayReport[]): Backtest {
  if (report === undefined) throw new Error('A backtest without a report.');
  if (against === undefined) return report;
  return {
    ...report,
    compared: {
      against,
      newlyAsked: newlyAsked(report, against),
      noLongerAsked: newlyAsked(against, report),
    },
  };
}
