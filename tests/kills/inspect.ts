import type { CatalogInForce } from '../../src/catalog/in-force.ts';
import { checkAsks } from './check-asks.ts';
import { checkStored } from './check-stored.ts';
import type { History } from './history.ts';
import type { Killer } from './killer.ts';
import type { Place } from './place.ts';
import type { ServiceProcess } from './service-process.ts';
import type { Tables } from './tables.ts';

export type Run = {
  readonly place: Place;
  readonly history: History;
  readonly killer: Killer;
  readonly start: () => ServiceProcess;
  readonly inForce: CatalogInForce;
};

/** What is wrong at an instant in which nothing moved. */
export const check = ({ inForce }: Run, entries: History['entries'], tables: Tables) => [
  ...checkStored(entries, tables, inForce),
  ...checkAsks(entries, tables),
];

export const surprise = ({ history }: Run, what: string) => history.add({ kind: 'surprise', what });

/** The service logs an error only for what should never happen; a kill is no reason for one. `expected`: but for these. */
export function complain(run: Run, service: ServiceProcess, expected?: RegExp): void {
  for (const line of service.output().split('\n'))
    if (/"level":[56]0/.test(line) && expected?.test(line) !== true)
      surprise(run, `the service logged ${line}`);
}
