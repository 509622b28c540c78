import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Db } from '../../src/db/client.ts';
import { openDb } from '../../src/db/open.ts';
import { jobTable } from '../../src/jobs/job-table.ts';
import { type Service, startService } from '../../src/service.ts';
import { writeCatalog } from '../catalog-folder.ts';
import { databases, server } from '../databases.ts';
import { createScriptedMailer } from '../scripted-mailer.ts';
import { MAIL } from '../small-catalog.ts';

const postgres = databases.find(({ kind }) => kind === 'postgres');
const folder = writeCatalog({ triggers: { mail: MAIL } });

// Safe because tests look at these alone, and undefined is not what they expect.
const readAnswer = (json: unknown) => json as { version?: number; published?: boolean; detail?: string };

/** Two services on one database, each with connections of its own and its jobs on schedule. */
describe.runIf(postgres?.available)('two replicas on one PostgreSQL', () => {
  let first: Db;
  let second: Db;
  let replicas: readonly Service[] = [];
  const errors: string[] = [];

  const start = (db: Db) => {
    const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
    const environment = {
      PORT: '0',
      MAIL_FROM: 'growth@vendor.example',
      SECRET_KEY: 'sk_test',
      ...folder.environment,
    };
    return startService(readConfig(environment), log, { db, mailer: createScriptedMailer() });
  };

  beforeAll(async () => {
    if (postgres === undefined) return;
    first = await postgres.open();
    const { rows } = await first.pool.query<{ name: string }>('select current_database() as name');
    const url = new URL(server);
    url.pathname = `/${rows[0]?.name}`;
    second = await openDb({ DATABASE_URL: url.href, DATA_DIR: '' });
    replicas = await Promise.all([start(first), start(second)]);
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await second?.close();
    await first?.close();
    folder.remove();
  });

  const versions = async () =>
    (await first.pool.query('select version, hash, published_by, note from catalog_version order by version'))
      .rows;
  const inForce = () => replicas.map(({ deps }) => deps.catalog().version);
  const post = async (replica: number, path: string, body: object) => {
    const answer = await fetch(`${replicas[replica]?.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: readAnswer(await answer.json()) };
  };
  /** Until both have the version in force; a test that waits in vain runs into its time limit. */
  const bothAt = async (version: number) => {
    while (inForce().some((one) => one !== version)) await sleep(50);
  };

  test('that start at once on the same files publish one version between them', async () => {
    expect(await versions()).toMatchObject([{ version: 1, published_by: 'start' }]);
    expect(inForce()).toEqual([1, 1]);
  });

  test('look for another version every few seconds, each for itself', () => {
    const [replica] = replicas;
    const jobs = replica && jobTable(replica.deps, {} as never);
    const job = jobs?.find(({ name }) => name === 'catalog');
    expect(job?.replicas).toBe('all');
    // With the time that the look itself takes, a version is in force everywhere within 5 seconds.
    expect(job?.every).toBeLessThanOrEqual(4_000);
  });

  test('both decide by what one of them was told to publish', { timeout: 20_000 }, async () => {
    folder.write('triggers/mail.yaml', MAIL.replace('at_least: 9', 'at_least: 8'));
    const { json } = await post(0, '/v1/publish', { note: 'eights count too' });
    expect(json).toMatchObject({ version: 2, published: true });
    await bothAt(2);
    const [mail] = replicas[1]?.deps.catalog().catalog.triggers ?? [];
    expect(mail?.when).toMatchObject([{ where: [{ path: 'score', test: { atLeast: 8 } }] }]);
    expect((await versions())[1]).toMatchObject({ version: 2, note: 'eights count too' });
  });

  test('publish one version when both are told to at the same moment', { timeout: 20_000 }, async () => {
    folder.write('triggers/mail.yaml', MAIL.replace('at_least: 9', 'at_least: 7'));
    const answers = await Promise.all([0, 1, 0, 1].map((replica) => post(replica, '/v1/publish', {})));
    expect(answers.map(({ json }) => json.version)).toEqual([3, 3, 3, 3]);
    expect(answers.filter(({ json }) => json.published)).toHaveLength(1);
    await bothAt(3);
  });

  test('both go back when one of them is told to', { timeout: 20_000 }, async () => {
    expect((await post(1, '/v1/rollback', { version: 1 })).json).toMatchObject({ version: 4 });
    await bothAt(4);
    const [one, , , four] = await versions();
    expect([four?.hash, four?.note]).toEqual([one?.hash, 'back to version 1']);
  });

  test('keep what is in force when one faulty file is published', { timeout: 20_000 }, async () => {
    folder.write('triggers/mail.yaml', MAIL.replace('channel: email', 'channel: post'));
    const { status, json } = await post(0, '/v1/publish', {});
    expect([status, json.detail]).toEqual([400, expect.stringContaining('mail.yaml:7 channel')]);
    expect(await versions()).toHaveLength(4);
    expect(inForce()).toEqual([4, 4]);
  });

  test('have written no error', () => {
    expect(errors).toEqual([]);
  });
});
