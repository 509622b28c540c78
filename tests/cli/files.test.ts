import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createDesk, linesOf } from './in-process.ts';

const desk = createDesk();
afterAll(() => desk.clear());

const LINES = linesOf([
  {
    type: 'group',
    messageId: 'm1',
    timestamp: '2026-01-05T10:00:00Z',
    userId: 'ada',
    groupId: 'acme',
    traits: {},
  },
  {
    type: 'track',
    messageId: 'm2',
    timestamp: '2026-01-06T10:00:00Z',
    userId: 'ada',
    event: 'NPS Answered',
    properties: { score: 9, comment: 'schön' },
  },
]);
const readiness = (file: string) => desk.run('readiness', '--at', '2026-02-01', '--json', '--events', file);
const huge = JSON.stringify({
  type: 'track',
  userId: 'a',
  event: 'E',
  properties: { text: 'a'.repeat(10_000_000) },
});

describe('a file of events', () => {
  test.each([
    ['with Windows line ends', LINES.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${LINES}`],
    ['with blank lines, and no end to the last', `\n\n${LINES.replace('\n', '\n \n').trimEnd()}`],
  ])('is read %s', async (_, content) => {
    const { status, stdout, stderr } = await readiness(desk.file('fine.jsonl', content));
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).accounts).toHaveLength(1);
  });

  test.each([
    [
      'compressed',
      gzipSync(LINES),
      /is compressed; unpack it first, as with gunzip -k .*; expected JSON lines/,
    ],
    [
      'in UTF-16',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(LINES, 'utf16le')]),
      /is written in UTF-16/,
    ],
    ['of bytes', Buffer.from([0, 1, 2, 3]), /is no text/],
    ['zipped', Buffer.from('PK\u0003\u0004rest'), /is a zip archive; unpack it first/],
    [
      'of one long list',
      `[\n  ${LINES.trim().replace('\n', ',\n')}\n]`,
      /is one long list; write a message a line, as with jq -c/,
    ],
    ['with one line of 10 MB', huge, /:1: message: got \d+ bytes, expected at most 32768/],
  ])('%s is told from one that can be read', async (_, content, fault) => {
    const { status, stdout, stderr } = await readiness(desk.file('strange.jsonl', content));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(fault);
  });

  test('that is none, or is not there, is told so', async () => {
    expect((await readiness(desk.folder)).stderr).toContain(`${desk.folder} is no file; expected JSON lines`);
    expect((await readiness('/nowhere')).stderr).toBe('goodturn: --events: there is no file /nowhere\n');
  });

  test('that is empty is an empty history, and said to be', async () => {
    const file = desk.file('empty.jsonl', '');
    const { status, stdout, stderr } = await readiness(file);
    expect([status, JSON.parse(stdout).accounts, stderr]).toEqual([0, [], `${file} is empty\n`]);
  });

  test('loses only its bad lines, each named with its number and its fault', async () => {
    const bad = [
      '{bad',
      'null',
      '{}',
      '{"type":"track"}',
      '{"type":"track","userId":"a","event":"E","timestamp":"yesterday"}',
    ];
    const file = desk.file('mixed.jsonl', `${bad.join('\n')}\n${LINES}\u0007\u001B[2J\n`);
    const { status, stdout, stderr } = await readiness(file);
    expect([status, JSON.parse(stdout).accounts.length]).toEqual([0, 1]);
    const said = stderr.split('\n');
    expect(said.slice(0, 5)).toEqual([
      expect.stringContaining(`${file}:1: is no JSON`),
      `${file}:2: message: got nothing, expected an object`,
      expect.stringContaining(`${file}:3: type: got nothing, expected one of track`),
      `${file}:4: event: got nothing, expected the name of the event`,
      `${file}:5: timestamp: got what is no date, expected a date like 2026-03-01T10:00:00Z`,
    ]);
    expect(said[5]).toContain(`${file}:8: is no JSON`);
    expect(said[6]).toBe(`6 lines of ${file} left out, 2 messages read`);
    // Nothing of it gives orders to a terminal.
    expect([...stderr].every((character) => character >= ' ' || character === '\n')).toBe(true);
  });

  test('of which no line can be read is no history', async () => {
    const { status, stderr } = await readiness(desk.file('bad.jsonl', 'a\nb\n'));
    expect([status, stderr]).toEqual([2, expect.stringMatching(/bad\.jsonl: no line could be read\n$/)]);
  });
});
