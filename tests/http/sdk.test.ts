import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { type House, openHouse } from '../house.ts';

const KILOBYTE = 1000;
/** As a browser says it that has the script already; Node's fetch would want it anew. */
const AGAIN = { 'cache-control': 'max-age=0' };

describe('GET /sdk/goodturn.js', () => {
  let house: House;
  beforeAll(async () => {
    const [database] = databases;
    if (database === undefined) throw new Error('There is no database to test on.');
    house = await openHouse(database.open);
  });
  afterAll(() => house.close());

  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${house.url()}/sdk/goodturn.js`, { method, headers });

  test('is less than 6 KB on the wire, and whole', async () => {
    const { headers } = await get({ 'accept-encoding': 'gzip' }, 'HEAD');
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(Number(headers.get('content-length'))).toBeLessThan(6 * KILOBYTE);
    const zipped = await (await get({ 'accept-encoding': 'gzip' })).text();
    const plain = await get({ 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(zipped);
  });

  test('may be loaded by any page, kept for an hour, and taken for nothing but a script', async () => {
    const { status, headers } = await get();
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
      etag: expect.stringMatching(/^W\/"[\w-]{22}"$/),
    });
  });

  test('is answered 304 to whoever has it', async () => {
    const etag = (await get()).headers.get('etag') ?? '';
    const same = await get({ ...AGAIN, 'if-none-match': etag });
    expect([same.status, await same.text(), same.headers.get('cache-control')]).toEqual([
      304,
      '',
      'public, max-age=3600',
    ]);
    expect((await get({ ...AGAIN, 'if-none-match': 'W/"another"' })).status).toBe(200);
  });

  test('needs nothing that a strict policy refuses', async () => {
    const text = await (await get()).text();
    expect(text).not.toMatch(
      /\beval\b|new Function|innerHTML|outerHTML|insertAdjacent|document\.write|\.style\b/,
    );
    expect(text).not.toMatch(/\bimport\b|\brequire\(/);
  });
});

describe('goodturn/browser', () => {
  test('can be loaded where there is no browser, as when pages are rendered on a server', async () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `import { Goodturn } from 'goodturn/browser'; Goodturn.stop();`],
      { encoding: 'utf8' },
    );
    expect([stderr, status]).toEqual(['', 0]);
  });

  test('has types that say what is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goodturn-types-'));
    try {
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(resolve('.'), join(folder, 'node_modules/goodturn'));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'app.ts'), APP);
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', ''];
      const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), [...flags, 'app.ts'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stdout.trim().split('\n')).toEqual([
        expect.stringMatching(/^app\.ts\(9,\d+\): .*'token' is missing/),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const APP = `import { Goodturn, type Nudge, type OpenNudge } from 'goodturn/browser';
let shown: Nudge | undefined;
const onNudge = (nudge: OpenNudge | undefined) => {
  shown = nudge;
  nudge?.snoozed('2d');
};
Goodturn.init({ key: 'pk_1', token: async () => 'jwt', host: 'https://g.example', accountId: undefined, onNudge });
Goodturn.track('Workflow Completed', { steps: 3 });
Goodturn.init({ key: 'pk_1', host: shown?.action.url });
`;
