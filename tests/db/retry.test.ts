import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, inTransaction, type Sql } from '../../src/db/client.ts';
import { isUnavailable } from '../../src/db/retry.ts';
import { databases } from '../databases.ts';

const postgres = databases.find(({ kind, available }) => kind === 'postgres' && available);

describe.skipIf(postgres === undefined)('a transaction whose connection the server ends', () => {
  let db: Db;
  beforeAll(async () => {
    if (postgres !== undefined) db = await postgres.open();
  });
  afterAll(() => db.close());

  const failureOf = (work: (tx: Sql) => Promise<unknown>) =>
    inTransaction(db, work).then(
      () => expect.fail('It was committed.'),
      (error: unknown) => error,
    );
  const ended = (tx: Sql) =>
    new Promise<unknown>((resolve) => {
      const ask = () => void tx.query('select 1').then(() => setTimeout(ask, 200), resolve);
      setTimeout(ask, 200);
    });

  test('because it stood still in it, or somebody said so, found the database unavailable, and the next does not', async () => {
    const tooLong = await failureOf(async (tx) => {
      await tx.query(`set local idle_in_transaction_session_timeout = '20ms'`);
      throw await ended(tx);
    });
    expect(isUnavailable(tooLong), String(tooLong)).toBe(true);
    const told = await failureOf(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      throw await ended(tx);
    });
    expect(isUnavailable(told), String(told)).toBe(true);
    const asked = await failureOf((tx) => tx.query('select pg_terminate_backend(pg_backend_pid())'));
    expect(isUnavailable(asked), String(asked)).toBe(true);
    await inTransaction(db, (tx) => tx.query('select 1'));
    expect(isUnavailable(await failureOf((tx) => tx.query('select 1/0')))).toBe(false);
  });

  test('while Prisma asked something, is the database unavailable as well', async () => {
    const name = 'a connection that is ended';
    const told = await failureOf(async (tx) => {
      await tx.query('lock table account in access exclusive mode');
      const asking = db.prisma.account.findMany({ where: { id: name } });
      const answered = asking.then(
        () => expect.fail('It was answered.'),
        (error: unknown) => error,
      );
      const end = `select pg_terminate_backend(pid) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock' and query like '%"account"%'`;
      await expect.poll(async () => (await db.pool.query(end)).rowCount).toBe(1);
      throw await answered;
    });
    expect(isUnavailable(told), String(told)).toBe(true);
  });
});
