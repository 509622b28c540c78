import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDb } from '../../src/db/open.ts';
import { startPglite } from '../../src/db/pglite.ts';
import { prepareTemplate } from '../../src/db/prepare-template.ts';
import { type Service, startService } from '../../src/service.ts';
import { START } from '../builders.ts';
import { writeCatalog } from '../catalog-folder.ts';
import { track } from '../messages.ts';

const MB = 1024 * 1024;

// PGlite's first files and log take 32 MB.
describe.skipIf(!canMount())('a disk that is full', { timeout: 180_000 }, () => {
  let folder: string;
  let filler: string;
  beforeEach(async () => {
    await prepareTemplate();
    folder = mkdtempSync(join(tmpdir(), 'goodturn-disk-'));
    filler = join(folder, 'filler');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]);
  });
  afterEach(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });

  test('costs nothing that was acknowledged: events are turned away, readers served, a start says why not', async () => {
    const catalog = writeCatalog({ triggers: {} });
    const environment = { ...catalog.environment, PORT: '0', WRITE_KEY: 'wk_test', SECRET_KEY: 'sk_test' };
    const start = () =>
      startService(readConfig({ ...environment, DATA_DIR: folder }), pino({ level: 'silent' }), {
        scheduled: false,
      });
    const acked: string[] = [];
    const send = async ({ url }: Service, id: string) => {
      const batch = Array.from({ length: 100 }, (_, n) =>
        track('ada', 'Report Shared', {
          id: `${id}-${n}`,
          at: START,
          account: 'acme',
          properties: { note: 'x'.repeat(4_000) },
        }),
      );
      const answer = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: 'Bearer wk_test', 'content-type': 'application/json' },
        body: JSON.stringify({ batch }),
      });
      if (answer.status === 200) acked.push(...batch.map(({ messageId }) => `segment:${messageId}`));
      return [answer.status, answer.headers.get('retry-after') !== null];
    };

    let service = await start();
    try {
      expect(await send(service, 'before')).toEqual([200, false]);
      fillWith(filler);
      let tries = 0;
      while ((await send(service, `last-${tries}`))[0] === 200) tries += 1;
      for (const again of [1, 2, 3]) expect(await send(service, `no-${again}`)).toEqual([503, true]);
      const read = await fetch(`${service.url}/v1/accounts/acme`, {
        headers: { authorization: 'Bearer sk_test' },
      });
      expect(read.status).toBe(200);

      await service.stop();
      fillWith(filler); // an orderly end makes a little room
      await expect(start()).rejects.toThrow(/DATA_DIR: .* cannot be written to: ENOSPC/);

      rmSync(filler);
      service = await start();
      expect(await send(service, 'no-1')).toEqual([200, false]); // what was turned away is sent again
      const { rows } = await service.deps.db.pool.query<{ id: string }>('select id from event order by id');
      expect(rows.map(({ id }) => id)).toEqual(acked.sort());
    } finally {
      await service.stop();
      catalog.remove();
    }
  });

  test('without room for a first database says what is missing', async () => {
    mkdirSync(join(folder, 'pgdata'));
    fillWith(filler);
    await expect(startPglite(join(folder, 'pgdata'), () => {})).rejects.toThrow(
      /^The database in .*pgdata stopped: .*ENOSPC: no space left on the device/,
    );
  });

  test('in the middle of the log stops the thread, and what was committed is there once there is room', async () => {
    const db = await openDb({ DATA_DIR: folder });
    try {
      await db.pool.query("INSERT INTO setting VALUES ('before', '1')");
      fillWith(filler);
      const tooMuch = db.pool.query(
        `INSERT INTO setting SELECT 'never', pg_logical_emit_message(true, 'fill', repeat('x', ${20 * MB}))::text`,
      );
      await expect(tooMuch).rejects.toThrow(/stopped: .*No space left on device/);
      await expect(db.pool.query('SELECT 1')).rejects.toThrow(/stopped: .*No space left on device/);
      rmSync(filler);
      const { rows } = await db.pool.query("SELECT key FROM setting WHERE key IN ('before', 'never')");
      expect(rows).toEqual([{ key: 'before' }]);
    } finally {
      await db.close();
    }
  });
});

/** Writes until there is no room left. */
function fillWith(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    // that was the last of it
  } finally {
    closeSync(file);
  }
}

/** A disk of its own takes root, on Linux. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', ['-l', folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
