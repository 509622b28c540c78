import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, inTransaction } from '../../src/db/client.ts';
import { forEachDatabase } from '../databases.ts';

// What the rest of the code takes for granted of a database. Both must answer the same.
forEachDatabase('the database', (open) => {
  let db: Db;
  beforeAll(async () => {
    db = await open();
    await db.pool.query(`
      CREATE TABLE parent (id INT PRIMARY KEY, note TEXT, data JSONB, small SMALLINT);
      CREATE TABLE child (id INT PRIMARY KEY, parent_id INT REFERENCES parent DEFERRABLE INITIALLY DEFERRED, now_id INT REFERENCES parent)
    `);
  });
  afterAll(() => db.close());

  const count = async (table: string): Promise<number> =>
    Number((await db.pool.query(`SELECT count(*) FROM ${table}`)).rows[0]?.['count']);

  describe('a transaction', () => {
    test('is kept whole once it resolves', async () => {
      const before = await count('parent');
      expect(
        await inTransaction(db, async (tx) => {
          await tx.query('INSERT INTO parent VALUES (1), (2)');
          return 'done';
        }),
      ).toBe('done');
      expect(await count('parent')).toBe(before + 2);
    });

    test('leaves nothing behind when the work throws', async () => {
      const before = await count('parent');
      const work = inTransaction(db, async (tx) => {
        await tx.query('INSERT INTO parent VALUES (10)');
        throw new Error('on second thought');
      });
      await expect(work).rejects.toThrow('on second thought');
      expect(await count('parent')).toBe(before);
    });

    test('rejects when the commit itself is refused, and leaves nothing', async () => {
      const before = await count('child');
      const work = inTransaction(db, (tx) => tx.query('INSERT INTO child (id, parent_id) VALUES (1, 404)'));
      await expect(work).rejects.toMatchObject({ code: '23503' });
      expect(await count('child')).toBe(before);
    });

    test('rejects when a failed statement was caught and dropped inside', async () => {
      const work = inTransaction(db, async (tx) => {
        await tx.query('INSERT INTO parent VALUES (11)');
        await tx.query('SELECT 1/0').catch(() => {});
      });
      await expect(work).rejects.toThrow('Nothing was committed');
      expect((await db.pool.query('SELECT 1 FROM parent WHERE id = 11')).rowCount).toBe(0);
    });

    test('refuses more statements after one failed, for its reason, and the connection is fine for the next', async () => {
      const work = inTransaction(db, async (tx) => {
        await tx.query('SELECT 1/0').catch(() => {});
        await tx.query('SELECT 1');
      });
      await expect(work).rejects.toMatchObject({ code: '22012' });
      expect(await inTransaction(db, (tx) => tx.query('SELECT 1 AS one'))).toMatchObject({
        rows: [{ one: 1 }],
      });
    });

    test('does statements that were sent together in their order', async () => {
      const answers = await inTransaction(db, (tx) =>
        Promise.all([
          tx.query('INSERT INTO parent VALUES (30)'),
          tx.query({ name: 'find-parent', text: 'SELECT id FROM parent WHERE id = $1', values: [30] }),
          tx.query('DELETE FROM parent WHERE id = 30'),
          tx.query({ name: 'find-parent', text: 'SELECT id FROM parent WHERE id = $1', values: [30] }),
        ]),
      );
      expect(answers.map(({ rowCount }) => rowCount)).toEqual([1, 1, 1, 0]);
    });

    test('fails for the reason of the first of them that failed, and does nothing after its end', async () => {
      let goOn = () => {};
      const rolledBack = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      let late: Promise<unknown> = Promise.resolve();
      const work = inTransaction(db, (tx) => {
        late = rolledBack.then(() => tx.query('INSERT INTO parent VALUES (32)'));
        return Promise.all([late, tx.query('SELECT 1/0'), tx.query('INSERT INTO parent VALUES (31)')]);
      });
      await expect(work).rejects.toMatchObject({ code: '22012' });
      goOn();
      await expect(late).rejects.toThrow('The transaction has ended');
      expect((await db.pool.query('SELECT 1 FROM parent WHERE id IN (31, 32)')).rowCount).toBe(0);
    });

    test('is not seen by others before it is committed', async () => {
      const looked: number[] = [];
      const look = (): Promise<void> => count('parent').then((seen) => void looked.push(seen));
      const before = await count('parent');
      let looking: Promise<void> = Promise.resolve();
      await inTransaction(db, async (tx) => {
        await tx.query('INSERT INTO parent VALUES (20)');
        looking = look(); // PGlite answers it after the commit, PostgreSQL before
        await tx.query('INSERT INTO parent VALUES (21)');
      });
      await looking;
      expect([before, before + 2]).toContain(looked[0]);
    });

    test('is rolled back when the connection is lost in the middle', async () => {
      const before = await count('parent');
      const client = await db.pool.connect();
      await client.query('BEGIN');
      await client.query("INSERT INTO parent VALUES (30); SET search_path = 'nowhere'");
      client.release(new Error('lost'));
      expect(await count('parent')).toBe(before);
    });

    test('runs beside many others without mixing them up', async () => {
      await db.pool.query(
        'CREATE TABLE counter (id INT PRIMARY KEY, n INT); INSERT INTO counter VALUES (1, 0)',
      );
      const step = (): Promise<void> =>
        inTransaction(db, async (tx) => {
          const { rows } = await tx.query<{ n: number }>('SELECT n FROM counter WHERE id = 1 FOR UPDATE');
          await tx.query('UPDATE counter SET n = $1 WHERE id = 1', [(rows[0]?.n ?? Number.NaN) + 1]);
        });
      await Promise.all(Array.from({ length: 400 }, step));
      expect((await db.pool.query('SELECT n FROM counter')).rows).toEqual([{ n: 400 }]);
    });
  });

  describe('errors', () => {
    test.each([
      ['23505', 'a key given twice', `INSERT INTO parent VALUES (90), (90)`, []],
      ['23503', 'a row that points nowhere', `INSERT INTO child (id, now_id) VALUES (1, 404)`, []],
      [
        '40001',
        'a conflict that asks for a retry',
        `DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$`,
        [],
      ],
      ['40P01', 'a deadlock', `DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$`, []],
      ['22021', 'a NUL in a text', 'INSERT INTO parent (id, note) VALUES (91, $1)', ['a\0b']],
      ['22P05', 'a NUL in JSON', 'INSERT INTO parent (id, data) VALUES (92, $1)', ['{"a":"\\u0000"}']],
      ['22003', 'a number too large', 'INSERT INTO parent (id, small) VALUES (93, $1::int)', [40_000]],
      ['22P02', 'a number that is none', 'SELECT $1::int', ['abc']],
      ['42601', 'SQL that is none', 'SELEC 1', []],
      ['42P01', 'a table that is not there', 'SELECT * FROM nowhere', []],
    ])('%s: %s', async (code, _what, sql, values) => {
      await expect(db.pool.query(sql, [...values])).rejects.toMatchObject({ code });
      expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });

    test('a script stops at its first error, rejects and keeps nothing', async () => {
      const script = 'INSERT INTO parent VALUES (95); SELECT nonsense; INSERT INTO parent VALUES (96)';
      await expect(db.pool.query(script)).rejects.toMatchObject({ code: '42703' });
      expect((await db.pool.query('SELECT 1 FROM parent WHERE id IN (95, 96)')).rowCount).toBe(0);
    });

    test('through Prisma, a key given twice is its P2002', async () => {
      const setting = { key: 'twice', value: '1' };
      await db.prisma.setting.create({ data: setting });
      await expect(db.prisma.setting.create({ data: setting })).rejects.toMatchObject({ code: 'P2002' });
    });

    test('through Prisma, a transaction that throws leaves nothing', async () => {
      const work = db.prisma.$transaction(async (tx) => {
        await tx.setting.create({ data: { key: 'gone', value: '1' } });
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await db.prisma.setting.findUnique({ where: { key: 'gone' } })).toBeNull();
    });
  });
});

forEachDatabase('a closed database', (open) => {
  test('refuses every use, and may be closed again', async () => {
    const db = await open();
    const late = db.pool.query('SELECT 1 AS one');
    const closing = db.close();
    expect((await late).rows).toEqual([{ one: 1 }]); // what was under way is finished
    await closing;
    await db.close();
    await expect(db.pool.query('SELECT 1')).rejects.toThrow(/end/);
    await expect(db.prisma.setting.findMany()).rejects.toThrow(/end/);
    await expect(inTransaction(db, async () => {})).rejects.toThrow(/end/);
  });

  test('waits for a transaction under way', async () => {
    const db = await open();
    let closing: Promise<void> = Promise.resolve();
    const work = inTransaction(db, async (tx) => {
      closing = db.close();
      await tx.query("INSERT INTO setting VALUES ('a', 'b')");
      return 'committed';
    });
    expect(await work).toBe('committed');
    await closing;
  });
});
