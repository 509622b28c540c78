import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { checkAsks, checkEnd } from '../kills/check-asks.ts';
import { checkStored } from '../kills/check-stored.ts';
import { createHistory, type History } from '../kills/history.ts';
import { SECRET_KEY, WRITE_KEY } from '../kills/keys.ts';
import { postgresPlace } from '../kills/place.ts';
import { createRandom, type Random } from '../kills/random.ts';
import { catalogInForce } from '../kills/settings.ts';
import { startSlowSmtp } from '../kills/slow-smtp.ts';
import type { Tables } from '../kills/tables.ts';
import { type ReplicaGroup, startGroup } from './group.ts';
import { batchesOf, HOT, type Message } from './traffic.ts';

export type ReplicaRun = {
  readonly replicas: number;
  readonly seed: number;
  readonly now: number;
  readonly cold: number;
  readonly hot: number;
  /** Done again and again while the events come in. */
  readonly disturb?: (group: ReplicaGroup, random: Random) => Promise<void>;
};

/** What a run leaves behind, as far as it must be the same for any number of replicas. */
export type Outcome = {
  readonly events: readonly string[];
  readonly asks: readonly string[];
  readonly mails: number;
};

const CLIENTS = 8;
const SOURCE = 'goodturn';

/** Replicas on one database take the same traffic in, in whatever order it reaches whom; answers what is wrong. */
export async function runReplicas(
  run: ReplicaRun,
  server: string,
): Promise<{ readonly faults: string[]; readonly outcome: Outcome; readonly disturbances: number }> {
  const random = createRandom(run.seed);
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-replicas-'));
  const history = createHistory(join(folder, 'history.jsonl'));
  const surprise = (what: string) => history.add({ kind: 'surprise', what });
  const smtp = await startSlowSmtp(createRandom(run.seed), {
    onStep: () => {},
    onTaken: ({ messageId, to }) => history.add({ kind: 'mail', messageId, to }),
  });
  const place = await postgresPlace(server);
  const database = new pg.Pool({ connectionString: place.environment['DATABASE_URL'], max: 2 });
  database.on('error', () => {}); // a run may cut our own idle connections off, too
  const group = await startGroup(run.replicas, { ...place.environment }, smtp.url, database);
  try {
    const work = sendAll(group, history, random, batchesOf(random, run.now, run.cold, run.hot));
    const state = { done: false };
    const watching = watch(database, state, surprise);
    const disturbing = disturbWhile(run, group, random, state).catch((error) => {
      surprise(String(error));
      return 0;
    });
    await work;
    state.done = true;
    await watching;
    const disturbances = await disturbing;
    await settle(group, database);
    const deadlocks = await countDeadlocks(database);
    if (deadlocks > 0) surprise(`${deadlocks} deadlocks: rows are to be locked in one order`);
    for (const { service } of group.replicas) {
      service.stop();
      const { code } = await service.gone;
      if (code !== 0) surprise(`a replica ended with ${code}: ${service.output().slice(-2000)}`);
      if (run.disturb === undefined)
        for (const line of service.output().split('\n'))
          if (/"level":[56]0/.test(line)) surprise(`a replica logged ${line}`);
    }
    const tables = await (await place.look()).tables;
    if (tables === undefined) throw new Error('The database is gone.');
    const entries = history.entries;
    const faults = [
      ...entries.flatMap((entry) => (entry.kind === 'surprise' ? entry.what : [])),
      ...checkStored(entries, tables, await catalogInForce()),
      ...checkAsks(entries, tables),
      ...checkEnd(entries, tables, 'leased'),
    ];
    return { faults, outcome: outcomeOf(tables), disturbances };
  } finally {
    for (const { service } of group.replicas) service.kill();
    await Promise.all(group.replicas.map(({ service }) => service.gone));
    await database.end();
    await smtp.close();
    await place.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each batch goes to any replica, and to any other when it is not answered. */
async function sendAll(
  { replicas }: ReplicaGroup,
  history: History,
  random: Random,
  batches: readonly Message[][],
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
      const events = batch.map(({ messageId }) => `segment:${messageId}`);
      history.add({ kind: 'sent', events });
      for (;;) {
        const status = await post(random.pick(replicas).url, batch);
        if (status === 200) break;
        if (status !== undefined && status < 500)
          history.add({ kind: 'surprise', what: `a batch was answered ${status}` });
        await sleep(20 + random.below(50));
      }
      history.add({ kind: 'acked', events });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, work));
}

async function post(url: string, batch: readonly Message[]): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${WRITE_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
      signal: AbortSignal.timeout(10_000),
    });
    await response.text();
    return response.status;
  } catch {
    return undefined;
  }
}

/** At every instant the hot account has folded exactly the events that it has stored, and never fewer than before. */
async function watch(
  database: pg.Pool,
  state: { readonly done: boolean },
  surprise: (what: string) => void,
): Promise<void> {
  let last = 0;
  while (!state.done) {
    const { rows } = await database
      .query<{ state: string; stored: number }>(
        `select state, (select count(*)::int from event where account_id = $1 and name = 'Workflow Completed') as stored
         from account where id = $1`,
        [HOT],
      )
      .catch(() => ({ rows: [] })); // cut off with all the others
    const [row] = rows;
    if (row !== undefined) {
      const folded = JSON.parse(row.state).milestones?.milestone?.count ?? 0;
      if (folded !== row.stored) surprise(`${row.stored} events are stored and ${folded} folded`);
      if (folded < last) surprise(`${last} events were folded, and then ${folded}`);
      last = folded;
    }
    await sleep(20);
  }
}

async function disturbWhile(
  { disturb }: ReplicaRun,
  group: ReplicaGroup,
  random: Random,
  state: { readonly done: boolean },
): Promise<number> {
  let count = 0;
  while (disturb !== undefined && !state.done) {
    await disturb(group, random);
    count += 1;
  }
  return count;
}

/** Each was resolved by trying again, and none should have been. */
async function countDeadlocks(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    'select deadlocks::int as n from pg_stat_database where datname = current_database()',
  );
  return rows[0]?.n ?? 0;
}

/** Waits until nothing is planned and no mail is due any more. */
async function settle({ replicas }: ReplicaGroup, database: pg.Pool): Promise<void> {
  for (let calm = 0, round = 0; calm < 3 && round < 240; round += 1) {
    await sleep(500);
    const answers = await Promise.all(
      replicas.map(({ url }) =>
        fetch(`${url}/v1/asks?status=scheduled`, { headers: { Authorization: `Bearer ${SECRET_KEY}` } }).then(
          (response) => response.text(),
          () => '',
        ),
      ),
    );
    const due = await database
      .query("select 1 from mail where status in ('due', 'sending') limit 1")
      .catch(() => ({ rowCount: 1 }));
    calm = due.rowCount === 0 && answers.every((text) => text.startsWith('{"asks":[]')) ? calm + 1 : 0;
  }
}

function outcomeOf({ events, asks, mails }: Tables): Outcome {
  return {
    events: events
      .filter(({ source }) => source !== SOURCE)
      .map(({ id, account_id: account, person_id: person }) => `${id} of ${person} in ${account}`)
      .sort(),
    asks: asks
      .map(({ account_id: account, trigger, channel }) => `${trigger} in ${account} by ${channel}`)
      .sort(),
    mails: mails.length,
  };
}
