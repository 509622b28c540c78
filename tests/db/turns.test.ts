import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, inTransaction, type Sql } from '../../src/db/client.ts';
import { createTurns } from '../../src/db/turns.ts';
import { forEachDatabase } from '../databases.ts';

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

forEachDatabase('turns at the same rows', (open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  /** A transaction that takes its turn and goes on until it is told to end; `log` hears of both. */
  function transaction(turns: ReturnType<typeof createTurns>, name: string, ids: string[], log: string[]) {
    let end = (_error?: Error) => {};
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const told = new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve());
    });
    const over = inTransaction(db, async (tx) => {
      await turns(tx, ids);
      log.push(`${name} begins`);
      begin();
      await told;
    }).then(
      () => log.push(`${name} is over`),
      () => log.push(`${name} failed`),
    );
    return { begun, end, over };
  }

  test('whoever wants one of another’s rows waits until that one is over, however it ends', async () => {
    if (db.kind === 'pglite') return; // It has one connection: transactions wait for that.
    const turns = createTurns();
    const log: string[] = [];
    const first = transaction(turns, 'first', ['a', 'b'], log);
    await first.begun;
    const second = transaction(turns, 'second', ['b', 'c'], log);
    const third = transaction(turns, 'third', ['d'], log);
    await third.begun;
    await soon();
    expect(log).toEqual(['first begins', 'third begins']);
    first.end(new Error('on purpose'));
    await Promise.all([first.over, second.begun]);
    expect(log.slice(2).sort()).toEqual(['first failed', 'second begins']);
    for (const one of [second, third]) one.end();
    await Promise.all([second.over, third.over]);
  });

  test('whoever waits too long goes on, for then only the database knows why', async () => {
    if (db.kind === 'pglite') return;
    const turns = createTurns(10);
    const log: string[] = [];
    const first = transaction(turns, 'first', ['a'], log);
    await first.begun;
    const second = transaction(turns, 'second', ['a'], log);
    second.end();
    await second.over;
    expect(log).toEqual(['first begins', 'second begins', 'second is over']);
    first.end();
    await first.over;
  });

  test('nobody waits for themselves, nor outside a transaction', async () => {
    const turns = createTurns(60_000);
    const twice = async (tx: Sql) => {
      await turns(tx, ['a']);
      await turns(tx, ['a', 'b']);
    };
    await inTransaction(db, twice);
    await twice(db.pool);
    await inTransaction(db, twice);
  });
});
