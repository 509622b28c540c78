import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder } from '../../src/db/lock.ts';
import { startOfProcess } from '../../src/db/process-start.ts';
import { type Child, startChild } from './start-child.ts';

const now = new Date('2026-03-01T09:00:00.000Z');

describe('the lock on a data folder', () => {
  let folder: string;
  let children: Child[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goodturn-lock-'));
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  const child = (): Child => {
    const started = startChild('lock', folder);
    children.push(started);
    return started;
  };
  const leaveBehind = (text: string): void => {
    mkdirSync(join(folder, 'lock'), { recursive: true });
    writeFileSync(join(folder, 'lock', '1'), text);
  };
  const holder = (change: object): string =>
    JSON.stringify({
      pid: process.pid,
      host: hostname(),
      started: startOfProcess(process.pid),
      since: now.toISOString(),
      ...change,
    });

  test('is refused to a second taker, who is told the holder, since when and what to do', () => {
    lockFolder(folder, now);
    expect(() => lockFolder(folder, now)).toThrow(
      /in use by this very process, since 2026-03-01T09:00:00.000Z.*DATA_DIR.*DATABASE_URL/,
    );
  });

  test('that cannot be written to is named, with the setting it comes from', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockFolder(join(folder, 'file'), now)).toThrow(
      `DATA_DIR: ${join(folder, 'file')} cannot be written to: ENOTDIR`,
    );
  });

  test('is free again once given back', () => {
    lockFolder(folder, now)();
    lockFolder(folder, now)();
    expect(readdirSync(join(folder, 'lock'))).toEqual([]);
  });

  test('is refused while another process lives, even one that is stopped, and free once it was killed', async () => {
    const other = child();
    await other.says(/ready/);
    other.tell('go');
    await other.says(/has it/);
    expect(() => lockFolder(folder, now)).toThrow(`in use by process ${other.pid} on ${hostname()}`);
    other.signal('SIGSTOP');
    expect(() => lockFolder(folder, now)).toThrow(`in use by process ${other.pid}`);
    await other.kill();
    lockFolder(folder, now)();
  });

  test('is taken from a dead holder by one process only, however many try at once', async () => {
    leaveBehind(holder({ started: 'another boot/1' }));
    const all = [child(), child(), child(), child()];
    await Promise.all(all.map((each) => each.says(/ready/)));
    for (const each of all) each.tell('go');
    const outcomes = await Promise.all(all.map((each) => each.says(/has it|in use/)));
    expect(outcomes.filter((outcome) => outcome === 'has it')).toHaveLength(1);
  });

  test('is taken from a process whose number now belongs to another', () => {
    leaveBehind(holder({ started: 'another boot/1' }));
    lockFolder(folder, now)();
  });

  test('is not taken from a live process that does not say when it started', () => {
    leaveBehind(holder({ started: undefined }));
    expect(() => lockFolder(folder, now)).toThrow('in use by');
  });

  test('is not taken from another host, which may be alive', () => {
    leaveBehind(holder({ host: 'elsewhere' }));
    expect(() => lockFolder(folder, now)).toThrow(
      /on elsewhere.*gone for good, delete .*lock\/1 and start again/,
    );
  });

  test.each(['', 'garbled', '{"pid":"x"}'])('is not taken when it does not say who holds it (%j)', (text) => {
    leaveBehind(text);
    expect(() => lockFolder(folder, now)).toThrow(/lock\/1 should say which process.*delete that file/);
  });

  test('leaves no drafts behind, taken or refused', () => {
    const release = lockFolder(folder, now);
    expect(() => lockFolder(folder, now)).toThrow('in use');
    expect(readdirSync(join(folder, 'lock'))).toEqual(['1']);
    release();
  });
});
