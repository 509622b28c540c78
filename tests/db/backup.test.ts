import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAccount } from '../../src/db/accounts.ts';
import type { Db } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import { START } from '../builders.ts';
import { databases, server } from '../databases.ts';
import { type House, openHouse } from '../house.ts';
import { group, identify, joined, scored, track, trackAnonymous } from '../messages.ts';
import { CARD, MAIL } from '../small-catalog.ts';

const run = promisify(execFile);
const openOn = (kind: Db['kind']) => {
  const found = databases.find((database) => database.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found.open();
};
const hasPostgres = databases.some(({ kind, available }) => kind === 'postgres' && available);
const catalog = { triggers: { mail: MAIL, card: CARD } };

describe.skipIf(!hasPostgres || !canDump())('a dump that was made while events came in', () => {
  let folder: string;
  let house: House;
  let sent: object[] = [];
  let askedBefore: unknown[];
  /** Ids of events that were acknowledged before each dump began. */
  const acked = { whole: 0, rows: 0 };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'goodturn-backup-'));
    house = await openHouse(() => openOn('postgres'), { catalog });
    await send([
      ...joined('ada', 'acme'),
      ...joined('ben', 'birch'),
      trackAnonymous('visitor-1', 'Workflow Completed'),
      identify('ben', {}, { anonymousId: 'visitor-1' }),
      scored('ada', 10),
    ]);
    await house.secret('POST', '/v1/suppressions', { addresses: ['ben@customer.example'] });
    await house.runJobs();
    askedBefore = (await house.secret('GET', '/v1/asks?account_id=acme')).json.asks;
    const traffic = sendUntilTold();
    acked.whole = sent.length;
    await dump(['--format=custom'], 'whole');
    acked.rows = sent.length;
    await dump(['--data-only', '--inserts', '--exclude-table=_prisma_migrations'], 'rows');
    await traffic.stop();
  });
  afterAll(async () => {
    await house.close();
    rmSync(folder, { recursive: true });
  });

  const urlOf = (db: Db) => String(db.pool.options.connectionString);
  const dump = (how: readonly string[], name: string) =>
    run('pg_dump', [...how, `--file=${join(folder, name)}`, urlOf(house.db)]);

  async function send(messages: object[]): Promise<void> {
    expect(await house.send(messages)).toBe(0);
    sent = [...sent, ...messages];
  }

  /** Batches about few accounts, one after the other. */
  function sendUntilTold() {
    let over = false;
    const sending = (async () => {
      for (let n = 0; !over; n += 1) {
        const who = `user-${n % 7}`;
        const where = n % 3 === 0 ? 'acme' : 'birch';
        await send([group(who, where), track(who, 'Report Shared', { at: START + n })]);
      }
    })();
    return {
      stop: () => {
        over = true;
        return sending;
      },
    };
  }

  /** `pg_restore` into an empty database. */
  async function restoreWhole(): Promise<Db> {
    const url = new URL(server);
    url.pathname = `/goodturn_test_${randomUUID().replaceAll('-', '')}`;
    await onServer(`CREATE DATABASE ${url.pathname.slice(1)}`);
    await run('pg_restore', ['--no-owner', `--dbname=${url.href}`, join(folder, 'whole')]);
    const db = await openDb({ DATABASE_URL: url.href, DATA_DIR: '' });
    const drop = () => onServer(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
    return { ...db, close: () => db.close().finally(drop) };
  }

  /** The rows into the tables of the embedded database. */
  async function restoreRows(): Promise<Db> {
    const db = await openOn('pglite');
    const script = readFileSync(join(folder, 'rows'), 'utf8').replaceAll(/^\\.*$/gm, ''); // what only psql understands
    const client = await db.pool.connect();
    await client.query(script);
    client.release(true); // with the settings that the script made
    return db;
  }

  const idsOf = async (db: Db) =>
    (await db.pool.query<{ id: string }>('select id from event')).rows.map(({ id }) => id);
  const statesOf = async (db: Db) => {
    const { rows } = await db.pool.query<{ id: string }>('select id from account order by id');
    return Promise.all(rows.map(async ({ id }) => [id, (await readAccount(db.pool, id))?.state]));
  };

  test.each([
    ['PostgreSQL', 'whole', restoreWhole],
    ['the embedded database', 'rows', restoreRows],
  ] as const)(
    'brings it all back on %s: states, ids, asks, links and opt-outs',
    async (_where, kind, restore) => {
      const again = await openHouse(restore, { catalog });
      try {
        const stored = new Set(await idsOf(again.db));
        const due = sent.slice(0, acked[kind]).map((message) => `segment:${Object(message).messageId}`);
        expect(due.filter((id) => !stored.has(id))).toEqual([]);
        // Folded anew from its events, every account is what was dumped.
        const dumped = await statesOf(again.db);
        await again.db.pool.query('update account set refold = true');
        await again.runJobs();
        expect(await statesOf(again.db)).toEqual(dumped);
        // Nobody is asked again, and who had opted out stays so.
        expect(again.mails).toEqual([]);
        expect((await again.secret('GET', '/v1/asks?account_id=acme')).json.asks).toEqual(askedBefore);
        await again.send([scored('ben', 10)]);
        await again.runJobs();
        expect(again.mails).toEqual([]);
        const link = /https:\/\/\S+\/unsubscribe\/\S+/.exec(house.mails[0]?.text ?? '')?.[0] ?? '';
        expect((await again.open(link)).status).toBe(200);
        // Clients that send everything again bring in what came after the dump, and nothing twice.
        for (let n = 0; n < sent.length; n += 500) await again.send(sent.slice(n, n + 500));
        const [own, others] = [await idsOf(again.db), await idsOf(house.db)];
        const missing = others.filter((id) => id.startsWith('segment:') && !own.includes(id));
        expect([missing, own.length - new Set(own).size]).toEqual([[], 0]);
        expect((await statesOf(again.db)).find(([id]) => id === 'acme')).toEqual(
          (await statesOf(house.db)).find(([id]) => id === 'acme'),
        );
      } finally {
        await again.close();
      }
    },
  );
});

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function canDump(): boolean {
  try {
    execFileSync('pg_dump', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
