import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '../../src/db/client.ts';
import { DAY } from '../../src/engine/time.ts';
import { databases } from '../databases.ts';
import { createDesk, linesOf } from './in-process.ts';

const PORT = '4931';
const KEYS = { SECRET_KEY: 'sk_cli', WRITE_KEY: 'wk_cli' };
const people = (ids: readonly string[]) =>
  ids.flatMap((id, n) =>
    [
      { type: 'identify', userId: id, traits: { email: `${id}@acme.example`, name: `${id} Grace` } },
      { type: 'group', userId: id, groupId: 'acme', traits: { name: 'Acme', created_at: '2025-01-01' } },
      {
        type: 'track',
        userId: id,
        event: 'NPS Answered',
        properties: { score: 10, comment: `said by ${id}` },
      },
    ].map((message, i) => {
      const timestamp = new Date(Date.now() - (10 - n) * DAY + i * 1000).toISOString();
      return { messageId: `${id}-${i}`, timestamp, ...message };
    }),
  );
const HISTORY = `${linesOf(people(['ada', 'bob', 'eve']))}{bad\n`;
const ADDRESSES = 'email,why\r\nada@acme.example,wrote to us\r\n';

const server = databases.find(({ kind }) => kind === 'postgres');

describe.runIf(server?.available)('on a PostgreSQL, whoever else is on it, a command', () => {
  let db: Db;
  let desk: ReturnType<typeof createDesk>;
  let history: string;
  const urlOf = () => ({ DATABASE_URL: String(db.pool.options.connectionString) });
  beforeAll(async () => {
    if (server === undefined) throw new Error('There is no PostgreSQL to test on.');
    db = await server.open();
    desk = createDesk({ ...KEYS, ...urlOf() });
    history = desk.file('history.jsonl', HISTORY);
  });
  afterAll(async () => {
    desk.clear();
    await db.close();
  });

  test('takes a history in, once, and names what it could not read', async () => {
    expect(await desk.run('import', history)).toEqual({
      status: 0,
      stdout: '9 events taken in. See whom to start with: goodturn shortlist\n',
      stderr: expect.stringMatching(
        /history\.jsonl:10: is no JSON: .*\n1 line of .* left out, 9 messages read\n$/,
      ),
    });
    const read = async () => (await db.pool.query('select state, agenda from account')).rows;
    const before = await read();
    const again = await desk.run('import', history, '--json');
    expect(JSON.parse(again.stdout)).toEqual({ accepted: 0, duplicates: 9, rejected: 1 });
    expect(await read()).toEqual(before);
  });

  test('makes no keys, which the first start of the service would have to print', async () => {
    const keyless = createDesk(urlOf());
    expect((await keyless.run('keys')).stdout).toBe(
      'There are no keys yet: the first start of the service makes them and prints them.\n',
    );
    keyless.clear();
    expect((await desk.run('keys')).stdout).toMatch(/write +…_cli +the environment/);
  });

  test('publishes the first version of all as any other, with its note', async () => {
    if (server === undefined) throw new Error('There is no PostgreSQL to test on.');
    const empty = await server.open();
    const first = createDesk({ DATABASE_URL: String(empty.pool.options.connectionString) });
    expect(await first.run('rollback', '1')).toMatchObject({
      status: 2,
      stderr: 'goodturn: There is no catalog version 1.\n',
    });
    expect((await first.run('publish', '--note', 'to begin')).stdout).toContain('Version 1 is in force.');
    expect((await first.run('publish')).stdout).toContain('Nothing has changed: version 1 stays in force.');
    const { rows } = await empty.pool.query('select version, published_by, note from catalog_version');
    expect(rows).toEqual([{ version: 1, published_by: 'command line', note: 'to begin' }]);
    first.clear();
    await empty.close();
  });

  test('publishes nothing on its way: only publish does', async () => {
    const other = createDesk({ ...urlOf(), TRIGGERS_DIR: '/nowhere' });
    expect((await other.run('shortlist', '--length', '1')).stdout).toContain('To start from: 1 account');
    expect(await other.run('publish')).toMatchObject({
      status: 2,
      stderr: 'goodturn: TRIGGERS_DIR: there is no folder /nowhere\n',
    });
    other.clear();
    expect((await desk.run('publish')).stdout).toContain('Nothing has changed: version 1 stays in force.');
  });

  test('publishes the first version as such, and other folders when told to', async () => {
    if (server === undefined) return;
    const fresh = await server.open();
    const other = createDesk({ DATABASE_URL: String(fresh.pool.options.connectionString) });
    const publish = async (...words: string[]) =>
      JSON.parse((await other.run('publish', '--json', ...words)).stdout);
    expect(await publish('--note', 'the first')).toMatchObject({ version: 1, published: true });
    expect(await publish()).toMatchObject({ version: 1, published: false });
    other.file('readiness.yaml', 'signals:\n  s: { happened: { event: Kind Words }, points: 40 }\n');
    expect(await publish('--catalog', other.folder)).toMatchObject({ version: 2, published: true });
    other.file('guardrails.yaml', 'per_person: { asks: 2 per 30d, nudges: 2 per 1d }\nblock_when: [s]\n');
    const { notes } = await publish('--catalog', other.folder);
    expect(notes.filter((note: string) => note.includes('looser than the default'))).toHaveLength(3);
    expect((await other.run('publish', '--catalog', '/nowhere')).status).toBe(2);
    other.clear();
    await fresh.close();
  });

  test('publishes no catalog with a fault, and ends as the check does', async () => {
    const empty = `${desk.folder}/no-signals`;
    mkdirSync(empty);
    const other = createDesk({ ...urlOf(), TRIGGERS_DIR: empty });
    const ran = await other.run('publish');
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^The catalog has a fault; nothing was published\.\n.*readiness\.yaml/);
    const asJson = await other.run('publish', '--json');
    expect(asJson).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      published: false,
      faults: [
        {
          field: expect.stringContaining('readiness.yaml'),
          file: expect.stringContaining('readiness.yaml'),
          line: 0,
          path: '',
          message: expect.any(String),
          suggestion: null,
        },
      ],
    });
    expect((await other.run('publish', '--note', 'x'.repeat(501))).status).toBe(2);
    other.clear();
  });

  test('asks nobody about what was imported, and shows whom to start with', async () => {
    const { accounts } = JSON.parse((await desk.run('shortlist', '--json')).stdout);
    expect(accounts).toMatchObject([
      { id: 'acme', name: 'Acme', person: { id: expect.any(String) }, reasons: [expect.any(String)] },
    ]);
    expect(JSON.parse((await desk.run('export', 'ada')).stdout).tables.ask).toEqual([]);
  });

  test('stops and goes on, suppresses, previews', async () => {
    const pause = await desk.run('pause', '--trigger', 'promoter-email', '--until', '2099-01-01');
    expect(pause.stdout).toBe('promoter-email is paused until 1 Jan 2099 00:00 UTC.\n');
    expect((await desk.run('resume')).stdout).toBe('1 pause lifted.\n');
    const json = async (...words: string[]) => JSON.parse((await desk.run(...words, '--json')).stdout);
    expect(await json('pause', '--until', '2099-01-01')).toEqual({
      paused: null,
      until: '2099-01-01T00:00:00.000Z',
    });
    expect(await json('resume')).toEqual({ resumed: 1 });
    expect((await desk.run('pause', '--trigger', 'nosuch')).stderr).toContain(
      'There is no trigger "nosuch". Known: ',
    );
    expect((await desk.run('suppress', desk.file('a.csv', ADDRESSES))).stdout).toBe(
      'One address is suppressed.\n',
    );
    expect(await json('suppress', desk.file('a.csv', ADDRESSES))).toEqual({ suppressed: 1 });
    expect((await json('export', 'ada')).person).toBe('ada');
    const wrong = desk.file('wrong.csv', 'a@b.example\nnot one\n');
    expect((await desk.run('suppress', wrong)).stderr).toMatch(
      /wrong\.csv:2: expected one plain address.*Nothing was suppressed/,
    );
    expect((await db.pool.query('select * from suppression')).rows).toHaveLength(1);
    const shown = await desk.run('preview', 'promoter-email', '--account', 'acme', '--person', 'bob');
    expect(shown.stdout).toContain('said by bob');
  });

  test('erases, once, and says who is unknown', async () => {
    expect((await desk.run('erase', 'ada@acme.example')).stdout).toContain('is erased, and stays so');
    expect((await desk.run('erase', 'ada')).stdout).toBe(
      'ada was erased before; nothing of them was left.\n',
    );
    expect((await desk.run('export', 'ada')).stderr).toContain('Nobody is known as "ada"');
  });
});

describe('while the service has the embedded database open, a command', () => {
  const desk = createDesk({ PORT, ...KEYS });
  const keyless = createDesk({ PORT, DATA_DIR: `${desk.folder}/data` });
  let service: ChildProcess;
  const files: Record<string, string> = {};

  beforeAll(async () => {
    files['HISTORY'] = desk.file('history.jsonl', HISTORY);
    files['ADDRESSES'] = desk.file('addresses.csv', ADDRESSES);
    cpSync('triggers', `${desk.folder}/triggers`, { recursive: true });
    const folders = { DATA_DIR: `${desk.folder}/data`, TRIGGERS_DIR: `${desk.folder}/triggers` };
    service = spawn(process.execPath, ['dist/cli.js', 'serve'], {
      env: { PATH: process.env['PATH'], PORT, ...KEYS, ...folders },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      service.stdout?.on('data', (text) => String(text).includes('Goodturn listens') && resolve());
      service.on('exit', (code) => reject(new Error(`The service ended with ${code}.`)));
    });
  }, 60_000);
  afterAll(() => {
    service.removeAllListeners('exit');
    service.kill();
    desk.clear();
    keyless.clear();
  });

  test.each([
    [['import', 'HISTORY'], /^9 events handed over; what was there already counts once\./],
    [['shortlist'], /To start from: 1 account/],
    [['preview', 'promoter-email', '--account', 'acme', '--person', 'bob'], /said by bob/],
    [['pause', '--until', '2099-01-01'], /^Everything is paused until 1 Jan 2099/],
    [['resume'], /^1 pause lifted/],
    [['suppress', 'ADDRESSES'], /^One address is suppressed/],
    [['publish'], /^Nothing has changed: version 1 stays in force/],
    [['rollback', '1'], /^Version 1 is in force again/],
    [['export', 'bob'], /"person": "bob"/],
    [['erase', 'bob'], /^bob is erased/],
    [['erase', 'bob', '--json'], /^\{"erased":false/],
  ])('goes to the service: %j', async (words, said) => {
    const { status, stdout, stderr } = await desk.run(...words.map((word) => files[word] ?? word));
    expect(stderr).toContain(`the service at http://localhost:${PORT} has the database open`);
    expect([status, stdout]).toEqual([0, expect.stringMatching(said)]);
  });

  test('hands on what is wrong with the catalog of the service, and ends as the check does', async () => {
    const wrong = desk.file('triggers/wrong.yaml', 'channel: emial\n');
    const asJson = await desk.run('publish', '--json');
    const { status, stdout, stderr } = await desk.run('publish');
    rmSync(wrong);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /answered 400: The catalog has 2 faults; nothing was published\.\n.*did you mean "email"/s,
    );
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toEqual({
      published: false,
      faults: expect.arrayContaining([
        {
          field: expect.stringMatching(/wrong\.yaml channel$/),
          message: expect.stringContaining('"email"'),
          file: expect.stringMatching(/wrong\.yaml$/),
          line: 1,
          path: 'channel',
          suggestion: 'did you mean "email"?',
        },
      ]),
    });
  });

  test.each([[['keys']], [['check', '--database']]])(
    'says who has it, where only the database will do: %j',
    async (words) => {
      const { status, stdout, stderr } = await desk.run(...words);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        new RegExp(`in use by process ${service.pid} on .*stop that process for the moment`),
      );
    },
  );

  test('says what it needs to reach the service, and what the service answers', async () => {
    expect((await keyless.run('pause')).stderr).toMatch(/Set SECRET_KEY, and it is asked to do this\.\n$/);
    expect((await keyless.run('import', files['HISTORY'] ?? '')).stderr).toMatch(
      /Set WRITE_KEY, and the history is sent to it\.\n/,
    );
    expect((await desk.run('rollback', '77')).stderr).toMatch(
      /answered 404: There is no catalog version 77\.\n$/,
    );
    const astray = createDesk({ PORT: '1', SECRET_KEY: 'sk', DATA_DIR: `${desk.folder}/data` });
    expect((await astray.run('pause')).stderr).toMatch(/cannot be reached .*Is BASE_URL right\?\n$/);
    astray.clear();
  });
});
