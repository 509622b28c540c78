import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import { prepareTemplate } from '../../src/db/prepare-template.ts';
import { packTemplate, unpackTemplate } from '../../src/db/template.ts';

let folder: string;
let template: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodturn-template-'));
  template = join(folder, 'template.gz');
  for (const name of ['from/base/1', 'from/pg_twophase', 'to'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'from/PG_VERSION'), '18\n');
  writeFileSync(join(folder, 'from/base/1/1259'), Buffer.from([0, 10, 255, 10]));
  writeFileSync(join(folder, 'from/base/1/1260'), '');
  writeFileSync(template, packTemplate(join(folder, 'from')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const namesIn = (name: string) => readdirSync(join(folder, name), { recursive: true }).sort();

test('a template is unpacked as it was packed, empty folders and files included', () => {
  expect(unpackTemplate(join(folder, 'to'), template)).toBe(true);
  expect(namesIn('to')).toEqual([
    'PG_VERSION',
    'base',
    'base/1',
    'base/1/1259',
    'base/1/1260',
    'pg_twophase',
  ]);
  for (const name of ['PG_VERSION', 'base/1/1259', 'base/1/1260'])
    expect(readFileSync(join(folder, 'to', name))).toEqual(readFileSync(join(folder, 'from', name)));
});

test('a template of another version, or with other migrations, is left alone', () => {
  const bytes = gunzipSync(readFileSync(template));
  bytes[bytes.indexOf('"key":"') + 7] = 'x'.charCodeAt(0); // no digit of a hash
  writeFileSync(template, gzipSync(bytes));
  expect(unpackTemplate(join(folder, 'to'), template)).toBe(false);
  expect(namesIn('to')).toEqual([]);
});

test('a template that was cut off is none', () => {
  const whole = readFileSync(template);
  for (const length of [0, 10, whole.length - 9]) {
    writeFileSync(template, whole.subarray(0, length));
    expect(unpackTemplate(join(folder, 'to'), template)).toBe(false);
  }
  expect(namesIn('to')).toEqual([]);
});

test('a new database made from the template has every migration already', { timeout: 60_000 }, async () => {
  await prepareTemplate();
  const told: string[] = [];
  const log = { info: (_facts: object, message: string) => told.push(message), warn: () => {} };
  const db = await openDb({ DATA_DIR: join(folder, 'data') }, log);
  try {
    expect((await db.pool.query('SELECT count(*)::int AS n FROM event')).rows).toEqual([{ n: 0 }]);
    expect(told).toEqual([]);
  } finally {
    await db.close();
  }
});
