import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test } from 'vitest';
import { addCheck } from '../../src/cli/check.ts';
import { addExamples } from '../../src/cli/examples.ts';
import { runnerOf } from '../../src/cli/run.ts';
import { type CatalogFiles, READINESS, writeCatalog } from '../catalog-folder.ts';
import { CARD, MAIL } from '../small-catalog.ts';

let folder: ReturnType<typeof writeCatalog> | undefined;
afterEach(() => {
  folder?.remove();
  folder = undefined;
});

const write = (files: CatalogFiles) => {
  folder = writeCatalog(files);
  return folder;
};

/** Runs a command as `goodturn` would, and gives what it wrote and ended with. */
async function goodturn(...words: string[]) {
  const written = { out: '', err: '', code: -1 };
  const io = {
    env: folder?.environment ?? {},
    out: (text: string) => {
      written.out += text;
    },
    err: (text: string) => {
      written.err += text;
    },
    isTerminal: false,
    errIsTerminal: false,
  };
  const program = new Command('goodturn').exitOverride();
  const run = runnerOf(io, (code) => {
    written.code = code;
  });
  addCheck(program, run);
  addExamples(program, run);
  await program.parseAsync(['node', 'goodturn', ...words]);
  return written;
}

const history = (...events: { event: string; properties?: object }[]) => {
  const path = join(folder?.environment.TRIGGERS_DIR ?? '', 'history.jsonl');
  const lines = events.map(({ event, properties = {} }, n) =>
    JSON.stringify({
      type: 'track',
      messageId: `m${n}`,
      timestamp: '2026-01-07T10:00:00Z',
      userId: 'ada',
      groupId: 'acme',
      event,
      properties,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

describe('goodturn check', () => {
  test('lists every fault of all files at once, with file, line, path and what was meant', async () => {
    write({
      triggers: {
        mail: MAIL.replace('who: actor', 'who: acter'),
        card: CARD.replace('template: card', 'template: crad'),
      },
      readiness: READINESS.replace('points: 70', 'points: 170'),
      templates: { 'words/text.hbs': 'Hi {{person.frist_name}}' },
    });
    const { out, err, code } = await goodturn('check');
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('4 faults');
    for (const [where, what] of [
      [/mail\.yaml:6 who/, 'got "acter"; did you mean "actor"?'],
      [/card\.yaml:7 template/, 'unknown template "crad"'],
      [/readiness\.yaml:3 signals\.promoter\.points/, 'expected a number from 1 to 99, got 170'],
      [/words\/text\.hbs:1/, 'did you mean "person.first_name"?'],
    ] as const) {
      expect(out).toMatch(where);
      expect(out).toContain(what);
    }
  });

  test('ends with 0 where nothing is wrong, and lists each guardrail that is loosened', async () => {
    write({
      triggers: { mail: MAIL },
      guardrails: 'per_person: { asks: 2 per 30d }\nquiet_hours: { weekends: normal }\n',
    });
    const { out, code } = await goodturn('check');
    expect(code).toBe(0);
    expect(out).toMatch(/guardrails\.yaml:1 per_person\.asks\s+looser than the default: 2 per 30d/);
    expect(out).toMatch(/guardrails\.yaml:2 quiet_hours\.weekends\s+looser than the default: normal/);
    expect(out).toContain('No faults in 1 trigger and 3 signals.');
  });

  test('tells of triggers that can never ask, and why', async () => {
    write({
      triggers: {
        mail: MAIL.replace('when: [', 'when: [{ readiness: { at_least: 95 } }, '),
        card: `${CARD}unless: [{ event: { kind: a } }]\n`.replace(
          'who:',
          'when: [{ event: { kind: a } }]\nwho:',
        ),
        draft: MAIL.replace('status: live', 'status: draft'),
      },
    });
    const { out, code } = await goodturn('check');
    expect(code).toBe(0);
    expect(out).toMatch(
      /mail\.yaml:5 when\[0\]\s+can never ask: it wants a readiness of 95, and all signals together reach 85/,
    );
    expect(out).toMatch(
      /card\.yaml:5 when\[0\]\.event\.kind\s+can never ask: no kind passes all of its gates/,
    );
    expect(out).toMatch(/draft\.yaml:3 status\s+can never ask: it is a draft/);
  });

  test('tells in which hours of the week a deadline cannot be kept', async () => {
    write({
      triggers: { mail: MAIL.replace('who:', 'send: mornings\nwho:').replace('latest: 72h\n', '') },
      guardrails: 'windows:\n  mornings: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "11:00" }\n',
    });
    const { out } = await goodturn('check');
    expect(out).toMatch(
      /mail\.yaml:10 deadline\s+what happens in 46 of the week’s 168 hours finds no suitable hour within 1d/,
    );
    expect(out).toContain('Friday 11:00 to Sunday 09:00');
  });

  test('tells which signals a history has no data for, and which triggers wait for it', async () => {
    write({
      triggers: { mail: MAIL, card: CARD, fans: MAIL.replace('when: [', 'when: [{ signal: activated }, ') },
    });
    const { out, code } = await goodturn(
      'check',
      '--events',
      history({ event: 'NPS Answered', properties: { score: 9 } }),
    );
    expect(code).toBe(0);
    expect(out).toContain('activated: never saw the event "Workflow Completed"');
    expect(out).not.toContain('promoter: never saw');
    expect(out).toContain('card: waits for the event "Workflow Completed"');
    expect(out).toContain('fans: waits for the event "Workflow Completed", which the signal activated needs');
    expect(out).not.toContain('mail: waits');
  });

  test('names the lines of a history that it could not read', async () => {
    write({ triggers: { mail: MAIL } });
    const path = history({ event: 'NPS Answered', properties: { score: 9 } });
    writeFileSync(path, 'nonsense\n', { flag: 'a' });
    const { err, code } = await goodturn('check', '--events', path);
    expect(code).toBe(0);
    expect(err).toContain(`${path}:2: is no JSON`);
    expect(err).toContain(`1 line of ${path} left out, 1 message read`);
  });

  test('with --json writes one document on standard output and nothing else', async () => {
    write({
      triggers: { mail: MAIL.replace('who: actor', 'who: acter') },
      guardrails: 'per_person: { nudges: 9 per 1d }\n',
    });
    const faulty = await goodturn('check', '--json');
    expect([faulty.code, faulty.err]).toEqual([1, '']);
    expect(JSON.parse(faulty.out)).toMatchObject({
      faults: [
        {
          file: expect.stringMatching(/mail\.yaml$/),
          line: 6,
          path: 'who',
          message: expect.stringContaining('expected one of actor'),
          suggestion: 'did you mean "actor"?',
        },
      ],
      notes: expect.arrayContaining([expect.objectContaining({ path: 'per_person.nudges' })]),
      signals_without_data: null,
      triggers_without_data: null,
    });
  });

  test('ends with 2 where it cannot run, and leaves standard output empty', async () => {
    write({ triggers: { mail: MAIL } });
    const { out, err, code } = await goodturn('check', '--catalog', '/nowhere/triggers', '--json');
    expect([out, code]).toEqual(['', 2]);
    expect(err).toContain('/nowhere/triggers');
  });

  test('is the same as a process of its own', () => {
    const { environment } = write({ triggers: { mail: MAIL.replace('who: actor', 'who: acter') } });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'check', '--json'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment },
    });
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout).faults).toMatchObject([{ line: 6, path: 'who' }]);
  });
});

const EXAMPLE = `
examples:
  - name: a ten
    events:
      - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }
    expect: { ask: ada }
`;

test('a window there is not: those there are are named, each once', async () => {
  const guardrails =
    'windows:\n  business_hours: { days: [mon], from: "09:00", to: "17:00" }\n  mornings: { days: [mon], from: "08:00", to: "12:00" }\n';
  write({ triggers: { mail: `${MAIL}\nsend: ofice\n` }, guardrails });
  expect((await goodturn('check')).out).toContain(
    'unknown window "ofice"; known here: business_hours, mornings',
  );
});

describe('goodturn examples', () => {
  test('ends with 0 where all hold', async () => {
    write({ triggers: { mail: MAIL + EXAMPLE } });
    const { out, code } = await goodturn('examples');
    expect(code).toBe(0);
    expect(out).toContain('ok    a ten');
    expect(out).toContain('The one example holds.');
  });

  test('says of one that fails what was expected, what came, and every gate that held, in words', async () => {
    write({
      triggers: {
        mail:
          MAIL +
          EXAMPLE.replace(
            '    events:\n',
            '    events:\n      - { ago: 1d, event: Ticket Opened, by: ada, properties: { priority: urgent } }\n',
          ),
      },
    });
    const { out, code } = await goodturn('examples');
    expect(code).toBe(1);
    expect(out).toContain('FAIL  a ten');
    const flat = out.replace(/\s+/g, ' ');
    expect(flat).toMatch(/mail\.yaml:\d+: expected asks ada, but nobody was asked; readiness 1[34]\./);
    expect(flat).toContain('- support_trouble: They have an urgent ticket open');
    expect(out).toContain('1 example of 1 failed.');
  });

  test('with --json writes the same as one document', async () => {
    write({ triggers: { mail: MAIL + EXAMPLE.replace('score: 10', 'score: 3') } });
    const { out, err, code } = await goodturn('examples', '--json');
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out).examples).toMatchObject([
      {
        trigger: 'mail',
        example: 'a ten',
        passed: false,
        expected: 'asks ada',
        happened: 'nobody was asked',
        holding: expect.arrayContaining([{ gate: 'event', because: expect.any(String) }]),
      },
    ]);
  });

  test('of a catalog with faults are not played: the faults are named, as the check names them', async () => {
    write({ triggers: { mail: MAIL.replace('who: actor', 'who: acter') + EXAMPLE } });
    const { out, err, code } = await goodturn('examples');
    expect([out, code]).toEqual(['', 1]);
    expect(err).toMatch(
      /^No example could be played: 1 fault\n.*mail\.yaml:\d+ who\n.*"acter"; did you mean "actor"/s,
    );
    const asJson = await goodturn('examples', '--json');
    expect(asJson).toMatchObject({ err: '', code: 1 });
    expect(JSON.parse(asJson.out)).toEqual({
      examples: [],
      faults: [expect.objectContaining({ path: 'who', suggestion: 'did you mean "actor"?' })],
    });
  });

  test('of one trigger: says which triggers there are, and which have none', async () => {
    write({ triggers: { mail: MAIL } });
    expect((await goodturn('examples', '--trigger', 'mial')).err).toContain(
      '--trigger: there is no trigger "mial". Known: mail',
    );
    expect((await goodturn('examples', '--trigger', 'mail')).err).toContain('mail has no examples');
  });
});

test('a reader that goes away, as head does, is no fault of a command', () => {
  const { environment } = write({ triggers: { mail: MAIL } });
  const { stderr } = spawnSync(
    'sh',
    ['-c', '{ "$0" dist/cli.js check; echo "ended with $?" >&2; } | true', process.execPath],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment },
    },
  );
  expect(stderr).toBe('ended with 0\n');
});

describe('goodturn publish', () => {
  const publish = (environment: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['dist/cli.js', 'publish', '--json'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...environment },
    });

  test('says that the database does not answer, and ends with 2', () => {
    const { environment } = write({ triggers: { mail: MAIL } });
    const { status, stdout, stderr } = publish({
      ...environment,
      DATABASE_URL: 'postgres://goodturn:secret@127.0.0.1:1/goodturn',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/127\.0\.0\.1:1|ECONNREFUSED/);
    expect(stderr).not.toContain('secret');
  });
});
