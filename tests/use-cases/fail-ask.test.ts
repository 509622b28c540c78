import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AskRow } from '../../src/db/ask-row.ts';
import { type Db, inTransaction } from '../../src/db/client.ts';
import { isUnavailable } from '../../src/db/retry.ts';
import { createLog } from '../../src/log.ts';
import { failAsk } from '../../src/use-cases/fail-ask.ts';
import { databases } from '../databases.ts';

const postgres = databases.find(({ kind, available }) => kind === 'postgres' && available);

describe.skipIf(postgres === undefined)('an ask whose connection dies while it is put into words', () => {
  let db: Db;
  beforeAll(async () => {
    if (postgres !== undefined) db = await postgres.open();
  });
  afterAll(() => db.close());

  test('is no failed ask: the outage is thrown on, and nothing is said of its words', async () => {
    const lines: string[] = [];
    const log = createLog('error', { write: (line: string) => lines.push(line) });
    const ask = { id: 'draft_1', trigger: 'promoter' } as AskRow;
    const thrown = await inTransaction(db, async (tx) => {
      await tx.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      // What comes next is told without a code.
      const error: unknown = await tx.query('select 1').catch((reason: unknown) => reason);
      await failAsk({ log }, tx, ask, error, 0);
    }).catch((reason: unknown) => reason);
    expect(isUnavailable(thrown), String(thrown)).toBe(true);
    expect(lines).toEqual([]);
  });
});
