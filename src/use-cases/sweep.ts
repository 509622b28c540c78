import { loadSource } from '../catalog/catalog-source.ts';
import { formatFaults } from '../catalog/fault.ts';
import { parseCatalog } from '../catalog/read-catalog.ts';
import { parseValuePath, withValue } from '../catalog/with-value.ts';
import type { Catalog } from '../engine/catalog.ts';
import { isReal, newlyAsked, type ReplayReport } from '../engine/replay/report.ts';
import { type BacktestRequest, replayFile } from './backtest.ts';
import type { Progress } from './history-lines.ts';
import type { HistoryRead } from './read-history.ts';

export type SweepRow = {
  /** Absent: as the catalog stands. */
  readonly value?: string;
  readonly asks: number;
  readonly accounts: number;
  readonly people: number;
  readonly thanks: number;
  /** Accounts asked that the catalog as it stands does not ask, and the reverse. */
  readonly more: number;
  readonly fewer: number;
  readonly byTrigger: Readonly<Record<string, number>>;
};

export type Sweep = { readonly path: string; readonly rows: readonly SweepRow[]; readonly read: HistoryRead };

const MOST_VALUES = 50;

/** `50..80:10` or `30d..90d:30d` or `a,b,c` as the values in turn. Throws when it is none of these. */
export function valuesOf(range: string): string[] {
  const [, from, fromUnit, to, toUnit, step, stepUnit] =
    /^(-?\d+(?:\.\d+)?)([smhdw%]?)\.\.(-?\d+(?:\.\d+)?)([smhdw%]?):(\d+(?:\.\d+)?)([smhdw%]?)$/.exec(range) ??
    [];
  if (from === undefined) {
    const listed = range
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (listed.length > 0 && !range.includes('..')) return listed;
    throw new Error(
      `got the range "${range}", expected from..to:step like 50..80:10 or 1d..7d:2d, or a list like 30,45,60`,
    );
  }
  const [unit = '', ...others] = new Set([fromUnit, toUnit, stepUnit].filter(Boolean));
  if (others.length > 0)
    throw new Error(`"${range}" is of several units; write one throughout, like 7d..28d:7d`);
  if (Number(from) > Number(to))
    throw new Error(
      `"${range}" goes down; write the lower end first, like ${to}${unit}..${from}${unit}:${step}${unit}`,
    );
  const count = Math.floor((Number(to) - Number(from)) / Number(step) + 1e-9) + 1;
  if (!(count >= 1 && count <= MOST_VALUES))
    throw new Error(`"${range}" makes ${count} values, expected 1 to ${MOST_VALUES}`);
  return Array.from(
    { length: count },
    (_, i) => `${Number((Number(from) + i * Number(step)).toFixed(6))}${unit}`,
  );
}

/**
 * The backtest over a range of one number, `path=range`: each value plays the same history. The first row is the
 * catalog as it stands. Throws an error that says what is wrong with the path, the range or a value.
 */
export async function sweepFile(
  file: string,
  triggersDir: string,
  setting: string,
  request: Omit<BacktestRequest, 'catalog' | 'against'>,
  progress?: Progress,
): Promise<Sweep> {
  const at = setting.indexOf('=');
  const path = setting.slice(0, at);
  const values = at > 0 ? valuesOf(setting.slice(at + 1)) : [];
  const place = parseValuePath(path);
  if (place === undefined || values.length === 0) {
    throw new Error(
      `got "${setting}", expected a value and its range, like promoter-email.when[1].readiness.at_least=50..80:10`,
    );
  }
  const { source, places, faults: unread } = await loadSource({ triggersDir });
  const { catalog, faults } = parseCatalog(source, places, unread);
  if (catalog === undefined)
    throw new Error(`${triggersDir} is no catalog that could be used:\n${formatFaults(faults)}`);
  const catalogs = values.map((value): Catalog => {
    const changed = parseCatalog(withValue(source, place, numberOrText(value)), places);
    if (changed.catalog === undefined)
      throw new Error(`With ${path} at ${value} the catalog has a fault:\n${formatFaults(changed.faults)}`);
    return changed.catalog.catalog;
  });
  const { reports, read } = replayFile(file, [catalog.catalog, ...catalogs], request, progress);
  const [current, ...others] = reports;
  if (current === undefined) throw new Error('A sweep without a report.');
  return {
    path,
    rows: [
      rowOf(current, current),
      ...others.map((report, i) => ({ value: values[i] ?? '', ...rowOf(report, current) })),
    ],
    read,
  };
}

const numberOrText = (value: string) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);

function rowOf(report: ReplayReport, current: ReplayReport): SweepRow {
  const asks = report.asks.filter(isReal);
  const byTrigger: Record<string, number> = {};
  for (const { trigger } of asks) byTrigger[trigger] = (byTrigger[trigger] ?? 0) + 1;
  return {
    asks: asks.length,
    accounts: new Set(asks.map(({ accountId }) => accountId)).size,
    people: new Set(asks.map(({ personId }) => personId)).size,
    thanks: report.asks.filter(({ kind }) => kind === 'thanks').length,
    more: newlyAsked(report, current).length,
    fewer: newlyAsked(current, report).length,
    byTrigger,
  };
}
