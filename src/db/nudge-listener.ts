import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import type { Sql } from './client.ts';
import type { HearNudges, NudgeChannel, NudgeFeed } from './nudge-feed.ts';
import type { DbLog } from './store.ts';

/** Milliseconds between looks at the revision while nothing is heard, and between tries to hear again. */
const BLIND = 500;
/** And while all is well: it also shows that the server is still at the other end. */
const HEARING = 5_000;
/** A server that takes longer than this for an answer is taken to be gone. */
const PATIENCE = 3_000;

/**
 * The feed of a PostgreSQL server: a connection that only listens, from the first subscription on. While it is broken,
 * a look at the revision twice a second takes its place, so that nothing is missed for long.
 */
export function listenForNudges(
  url: string,
  pool: Pool,
  channel: NudgeChannel,
  log: DbLog,
): { readonly feed: NudgeFeed; readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const ears: Ears = { url, channel, stop: stopping.signal, isHearing: false, last: undefined };
  let running: Promise<unknown> | undefined;
  const subscribe = (hear: HearNudges) => {
    const leave = channel.subscribe(hear);
    running ??= Promise.all([keepHearing(ears, log), keepLooking(ears, pool)]);
    return leave;
  };
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return { feed: { subscribe }, stop };
}

type Ears = {
  readonly url: string;
  readonly channel: NudgeChannel;
  readonly stop: AbortSignal;
  isHearing: boolean;
  /** The revision last seen. */
  last: string | undefined;
};

async function keepHearing(ears: Ears, log: DbLog): Promise<void> {
  let complained = false;
  while (!ears.stop.aborted) {
    const error = await hear(ears).catch((cause: unknown) => cause);
    if (ears.stop.aborted) return;
    if (error === undefined) complained = false;
    else if (!complained) {
      complained = true;
      log.warn(
        { err: error },
        'Changes of nudges are not heard; they are looked for twice a second meanwhile.',
      );
    }
    await pause(BLIND, ears.stop);
  }
}

/** Until the connection breaks, which is no error; one that never came about, or fell silent, is. */
async function hear(ears: Ears): Promise<void> {
  const { channel, stop } = ears;
  const client = new Client({
    connectionString: ears.url,
    application_name: 'goodturn nudges',
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
    keepAlive: true,
  });
  const broken = new Promise<'broken'>((resolve) => {
    client.on('error', () => resolve('broken')).on('end', () => resolve('broken'));
  });
  try {
    await client.connect();
    await channel.attend(client);
    ears.isHearing = true;
    channel.tell(undefined); // what was said before we listened
    while (!stop.aborted) {
      await look(ears, client);
      if ((await Promise.race([broken, pause(HEARING, stop)])) === 'broken') return;
    }
  } finally {
    ears.isHearing = false;
    // A server that is gone says no goodbye.
    await Promise.race([client.end().catch(() => undefined), sleep(PATIENCE, undefined, { ref: false })]);
  }
}

async function keepLooking(ears: Ears, pool: Pool): Promise<void> {
  while (!ears.stop.aborted) {
    // Of a database that is out of reach, everybody else complains.
    if (!ears.isHearing) await look(ears, pool).catch(() => undefined);
    await pause(BLIND, ears.stop);
  }
}

async function look(ears: Ears, sql: Sql): Promise<void> {
  const revision = await readRevision(sql);
  if (revision !== ears.last && ears.last !== undefined) ears.channel.tell(undefined);
  ears.last = revision;
}

/** Ends early, and without an error, when it is time to stop. */
const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);

/**
 * A text that is another one when anything has changed that offers are made of. It is worked out of the rows
 * themselves, because a counter would have every writer wait for the one before.
 */
async function readRevision(sql: Sql): Promise<string> {
  const { rows } = await sql.query<{ revision: string }>(
    `select concat_ws('/',
       (select count(*) || ':' || coalesce(sum(hashtextextended(concat_ws('|', a.id, a.xmin, p.email), 0)), 0)
        from ask as a left join person as p on p.id = a.person_id
        where a.status in ('open', 'delivered') and a.channel = 'nudge'),
       (select string_agg(concat_ws('|', trigger, until), ',' order by trigger) from pause),
       (select count(*) from suppression)) as revision`,
  );
  return rows[0]?.revision ?? '';
}
