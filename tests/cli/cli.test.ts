import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
let history: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodturn-cli-'));
  history = join(folder, 'history.jsonl');
  const at = (time: string) => `2026-01-${time}Z`;
  const messages = [
    {
      type: 'identify',
      timestamp: at('05T10:00:00'),
      userId: 'ada',
      traits: { email: 'ada@acme.example', name: 'Ada Grace' },
    },
    {
      type: 'group',
      timestamp: at('05T10:00:01'),
      userId: 'ada',
      groupId: 'acme',
      traits: { created_at: '2025-01-01' },
    },
    {
      type: 'track',
      timestamp: at('07T10:00:00'),
      userId: 'ada',
      event: 'NPS Answered',
      properties: { score: 10 },
    },
  ];
  writeFileSync(
    history,
    messages.map((message, n) => `${JSON.stringify({ messageId: `m${n}`, ...message })}\n`).join(''),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...words], {
    encoding: 'utf8',
    // Vitest sets names of its own, MODE and BASE_URL among them.
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
};

describe('the command line', () => {
  test('finds nothing wrong with the definitions it comes with', () => {
    expect(run('check')).toMatchObject({ status: 0, stdout: expect.stringContaining('No faults') });
    expect(run('examples')).toMatchObject({ status: 0, stdout: expect.stringContaining('examples hold') });
  });

  test('exits with 1 where a definition is faulty, and says where', () => {
    writeFileSync(
      join(folder, 'readiness.yaml'),
      'signals:\n  promoter:\n    nps: { at_leest: 9 }\n    points: 60\n',
    );
    const { status, stdout, stderr } = run('check', '--catalog', folder);
    expect(status).toBe(1);
    expect(stdout + stderr).toMatch(/readiness\.yaml:3.*at_least/s);
  });

  test('says how ready the accounts of a history were', () => {
    const { status, stdout } = run(
      'readiness',
      '--events',
      history,
      '--at',
      '2026-01-07T10:00:00Z',
      '--json',
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      at: '2026-01-07T10:00:00.000Z',
      accounts: [
        { id: 'acme', readiness: 70, contributions: [{ signal: 'promoter', points: 70 }], dampers: [] },
      ],
    });
  });

  test('says what would have been asked over a history', () => {
    const { status, stdout } = run('backtest', '--events', history, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      events: 3,
      asks: [
        {
          at: '2026-01-07T10:00:00.000Z',
          trigger: 'promoter-email',
          account: 'acme',
          person: 'ada',
          channel: 'email',
        },
      ],
    });
  });

  test('exits with 2 where it cannot run, and says why', () => {
    const { status, stderr } = run(
      'readiness',
      '--events',
      join(folder, 'nowhere.jsonl'),
      '--at',
      '2026-01-07',
    );
    expect(status).toBe(2);
    expect(stderr).toContain('nowhere.jsonl');
  });
});
