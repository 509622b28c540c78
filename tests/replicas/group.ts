import type pg from 'pg';
import { freePort } from '../free-port.ts';
import { type ServiceProcess, startServiceProcess } from '../kills/service-process.ts';
import { settings } from '../kills/settings.ts';

export type Replica = { readonly url: string; service: ServiceProcess };

export type ReplicaGroup = {
  readonly replicas: readonly [Replica, ...Replica[]];
  readonly start: (replica: Replica) => Promise<void>;
  /** Statements on the replicas' own database. */
  readonly query: (text: string) => Promise<void>;
};

/** Starts replicas on the database that `environment` names; `database` is the test's own way to it. */
export async function startGroup(
  count: number,
  environment: Readonly<Record<string, string>>,
  smtpUrl: string,
  database: pg.Pool,
): Promise<ReplicaGroup> {
  const launch = (port: number) =>
    startServiceProcess({ ...settings(port, smtpUrl), ...environment, BASE_URL: 'http://127.0.0.1' });
  const isUp = async (replica: Replica): Promise<Replica> => {
    if ((await replica.service.ready) !== undefined) return replica;
    throw new Error(`A replica did not start: ${replica.service.output()}`);
  };
  const make = async (): Promise<Replica> => {
    const port = await freePort();
    return isUp({ url: `http://127.0.0.1:${port}`, service: launch(port) });
  };
  const start = async (replica: Replica) => {
    replica.service = launch(Number(new URL(replica.url).port));
    await isUp(replica);
  };
  // All at once, so that they meet at the migrations as well.
  const replicas = await Promise.all([make(), ...Array.from({ length: count - 1 }, make)]);
  return { replicas, start, query: async (text) => void (await database.query(text)) };
}
