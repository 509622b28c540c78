import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDesk, linesOf } from './in-process.ts';

const desk = createDesk();
let history: string;

beforeAll(() => {
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
    { type: 'group', timestamp: at('08T10:00:00'), userId: 'bob', groupId: 'Zeta', traits: {} },
    { type: 'group', timestamp: at('08T10:00:00'), userId: 'eve', groupId: 'alpha', traits: {} },
  ];
  history = desk.file(
    'history.jsonl',
    linesOf(messages.map((message, n) => ({ messageId: `m${n}`, ...message }))),
  );
});
afterAll(() => desk.clear());

describe('the command line, as a program', () => {
  test('exits with 0 where nothing is wrong, and says nothing but the result', () => {
    const { status, stdout, stderr } = desk.start(
      'readiness',
      '--events',
      history,
      '--at',
      '2026-01-07T10:00:00Z',
      '--json',
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).at).toBe('2026-01-07T10:00:00.000Z');
  });

  test('exits with 1 where a definition is faulty, and says where', () => {
    desk.file('readiness.yaml', 'signals:\n  promoter:\n    nps: { at_leest: 9 }\n    points: 60\n');
    const { status, stdout } = desk.start('check', '--catalog', desk.folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/readiness\.yaml:3.*at_least/s);
  });

  test('exits with 2 where it cannot run, and says why', () => {
    const { status, stdout, stderr } = desk.start('backtest', '--events', 'nowhere.jsonl');
    expect([status, stdout, stderr]).toEqual([2, '', 'goodturn: --events: there is no file nowhere.jsonl\n']);
  });
});

describe('the command line', () => {
  test('finds nothing wrong with the definitions it comes with', async () => {
    expect(await desk.run('check')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('No faults'),
    });
    expect(await desk.run('examples')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('examples hold'),
    });
  });

  test('says how ready the accounts of a history were, by id, to the last digit', async () => {
    const { stdout } = await desk.run(
      'readiness',
      '--events',
      history,
      '--at',
      '2026-01-08T10:00:00Z',
      '--json',
    );
    const { at, accounts } = JSON.parse(stdout);
    expect(at).toBe('2026-01-08T10:00:00.000Z');
    expect(accounts.map(({ id }: { id: string }) => id)).toEqual(['Zeta', 'acme', 'alpha']);
    expect(accounts[1]).toEqual({
      id: 'acme',
      readiness: 70 * 2 ** (-1 / 45),
      contributions: [
        {
          signal: 'promoter',
          points: expect.closeTo(70 * 2 ** (-1 / 45), 9),
          says: expect.stringContaining('Ada'),
        },
      ],
      dampers: [],
    });
  });

  test('says what would have been asked over a history, and nothing more', async () => {
    const { stdout } = await desk.run('backtest', '--events', history, '--json');
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['from', 'to', 'events', 'asks', 'holds']);
    expect(result).toMatchObject({ events: 5, from: '2026-01-05T10:00:00.000Z' });
    expect(result.asks).toEqual([
      {
        at: '2026-01-07T10:00:00.000Z',
        trigger: 'promoter-email',
        account: 'acme',
        person: 'ada',
        channel: 'email',
        readiness: 70,
        status: expect.any(String),
      },
    ]);
    for (const hold of result.holds)
      expect(hold).toEqual({
        trigger: expect.any(String),
        gate: expect.any(String),
        count: expect.any(Number),
      });
  });

  test('takes a folder with nothing but signals for a catalog', async () => {
    const signals = 'signals:\n  promoter: { nps: { at_least: 9 }, points: 40 }\n';
    const other = createDesk();
    other.file('readiness.yaml', signals);
    const words = ['--events', history, '--catalog', other.folder, '--json'];
    const { stdout } = await desk.run('readiness', '--at', '2026-01-09', ...words);
    expect(JSON.parse(stdout).accounts[1].readiness).toBe(40);
    const compared = await desk.run('backtest', '--against', 'triggers', ...words);
    expect(JSON.parse(compared.stdout)).toMatchObject({
      asks: [],
      no_longer_asked: [{ person: 'ada' }],
      newly_asked: [],
    });
    other.clear();
  });

  test('shows whom to start with in a history, and who is responsible for them', async () => {
    const words = ['shortlist', '--events', history, '--at', '2026-01-09'];
    const other = createDesk({ DEFAULT_OWNER_EMAIL: 'lee@vendor.example', TEAM_DOMAINS: 'vendor.example' });
    expect(JSON.parse((await other.run(...words, '--json')).stdout).accounts).toMatchObject([
      { id: 'acme', owner: 'lee@vendor.example', person: { id: 'ada' } },
    ]);
    expect(JSON.parse((await desk.run(...words, '--json')).stdout).accounts).toMatchObject([{ owner: null }]);
    expect((await desk.run('shortlist', '--events', history, '--at', '2025-01-01')).stdout).toContain(
      `No account is ready at all then. Name an instant inside the history with --at, or see which signals have no data: goodturn check --events ${history}`,
    );
    other.clear();
  });

  test('names somebody to start with also where every trigger waits for its event, and what holds', async () => {
    const other = createDesk({ TEAM_DOMAINS: 'vendor.example' });
    other.file('readiness.yaml', 'signals:\n  promoter: { nps: { at_least: 9 }, points: 40 }\n');
    other.file('mail.yaml', 'status: live\non: Kind Words\nchannel: email\ntemplate: letter\n');
    const words = ['shortlist', '--events', history, '--at', '2026-01-09', '--catalog', other.folder];
    const { accounts } = JSON.parse((await other.run(...words, '--json')).stdout);
    expect(accounts).toMatchObject([{ id: 'acme', person: { id: 'ada' }, holds: [] }]);
    other.file('guardrails.yaml', 'never: { people: [ada] }\n');
    const held = JSON.parse((await other.run(...words, '--json')).stdout).accounts[0];
    expect([held.person, held.holds]).toEqual([
      null,
      [{ gate: 'no_person', because: 'nobody in the account can be reached and is content' }],
    ]);
    expect((await other.run(...words)).stdout).toContain('     nobody to ask\n');
    other.clear();
  });

  test('writes a message to somebody made up, without any database', async () => {
    const { status, stdout } = await desk.run('preview', 'promoter-email');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Hi Ada,')]);
    const card = JSON.parse((await desk.run('preview', 'milestone-nudge', '--json')).stdout);
    expect(card).toMatchObject({
      account: null,
      title: expect.any(String),
      action: { label: expect.any(String) },
    });
  });

  test.each([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['backtest', '--help'], 0, /Usage: goodturn backtest/, /^$/],
    [[], 2, /^$/, /Usage: goodturn/],
    [['bakctest'], 2, /^$/, /unknown command 'bakctest'\n\(Did you mean backtest\?\)/],
    [['backtest'], 2, /^$/, /required option '--events <file>' not specified/],
    [
      ['backtest', '--events', 'x', '--form', 'x'],
      2,
      /^$/,
      /unknown option '--form'\n\(Did you mean --from\?\)/,
    ],
    [['preview', 'nosuch'], 2, /^$/, /There is no template "nosuch"\. Known: .*promoter-email/],
    [['preview', 'promoter-email', '--person', 'ada'], 2, /^$/, /--person: .*name it with --account/],
    [['examples', '--trigger', 'nosuch'], 2, /^$/, /there is no trigger "nosuch"\. Known: .*promoter-email/],
    [['rollback', 'x'], 2, /^$/, /got the version "x", expected a number like 3/],
    [['keys', '--new', 'wrong'], 2, /^$/, /--new: got "wrong", expected write, publishable or secret/],
    [['suppress', 'LICENSE', '--scope', 'x'], 2, /^$/, /--scope: got "x", expected asks or all/],
    [['check', '--catalog', '/nowhere'], 2, /^$/, /--catalog: there is no folder \/nowhere/],
    [['check', '--catalog', 'LICENSE'], 2, /^$/, /--catalog: LICENSE is no folder/],
  ])('answers %j with %i', async (words, status, stdout, stderr) => {
    const ran = await desk.run(...words);
    expect(ran).toEqual({
      status,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });

  test.each([
    [
      '--at',
      'tomorrow',
      'got "tomorrow", expected an instant like 2026-03-01T10:00:00Z or a day like 2026-03-01',
    ],
    ['--at', '2026-02-30', 'got "2026-02-30", but that month has 28 days'],
    ['--at', '2026-13-01', 'got "2026-13-01", expected an instant'],
  ])('%s %s is no date', async (option, text, fault) => {
    const { status, stderr } = await desk.run('readiness', '--events', history, option, text);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${option}: ${fault}`)]);
  });

  test('says which of two bounds is wrong', async () => {
    const ran = await desk.run('backtest', '--events', history, '--from', '2026-03-01', '--to', '2026-02-01');
    expect([ran.status, ran.stderr]).toEqual([
      2,
      'goodturn: --from (2026-03-01) is later than --to (2026-02-01)\n',
    ]);
  });
});
