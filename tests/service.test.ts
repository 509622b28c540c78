import { createServer } from 'node:net';
import pino from 'pino';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { type MadeKeys, startService } from '../src/service.ts';
import { databases } from './databases.ts';

test('on any free port, links lead to the one it listens on', async () => {
  const [database] = databases;
  if (database === undefined) throw new Error('there is no database to test on');
  const db = await database.open();
  try {
    const outside = { db, scheduled: false };
    const service = await startService(readConfig({ PORT: '0' }), pino({ level: 'silent' }), outside);
    expect(service.url).toMatch(/^http:\/\/localhost:[1-9]\d+$/);
    expect(service.deps.config.BASE_URL).toBe(service.url);
    await service.stop();
  } finally {
    await db.close();
  }
});

test('keys are told as they are made, also where the start then fails, and never again', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const [database] = databases;
  if (database === undefined) throw new Error('there is no database to test on');
  const db = await database.open();
  try {
    const told: MadeKeys[] = [];
    const start = (PORT: string) =>
      startService(readConfig({ PORT }), pino({ level: 'silent' }), {
        db,
        scheduled: false,
        announce: (made) => told.push(made),
      });
    await expect(start(String(port))).rejects.toThrow(`Port ${port} is in use by another program`);
    expect(told.map((made) => made.map(({ name }) => name))).toEqual([
      ['WRITE_KEY', 'PUBLISHABLE_KEY', 'SECRET_KEY', 'IDENTITY_SECRET'],
    ]);
    const service = await start('0');
    await service.stop();
    expect(told).toHaveLength(1);
  } finally {
    await db.close();
    taken.close();
  }
});
