import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import { databases } from './databases.ts';

test('an error of the database is logged without the rows that it quotes', async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('There is no database to test on.');
  const db = await database.open();
  try {
    const error: unknown = await db.pool
      .query('select * from json_to_recordset($1::json) as r(email text)', ['[{"email": "ada@acme.example}]'])
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).toContain('ada@acme.example');
    const lines: string[] = [];
    createLog('error', { write: (line) => lines.push(line) }).error({ err: error }, 'a request failed');
    expect(JSON.parse(lines.join(''))).toMatchObject({
      msg: 'a request failed',
      err: { type: 'DatabaseError', message: 'invalid input syntax for type json', code: '22P02' },
    });
    expect(lines.join('')).not.toContain('ada@');
  } finally {
    await db.close();
  }
});
