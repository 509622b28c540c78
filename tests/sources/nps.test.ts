import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/engine/time.ts';
import { readNps, readScore } from '../../src/sources/nps.ts';
import { day, START } from '../builders.ts';

const read = (body: unknown) => readNps(body, START);
const ada = { score: 9, user_id: 'ada' };

describe('a promoter score', () => {
  test.each([
    [10, 10],
    [0, 0],
    [-0, 0],
    ['10', 10],
    ['0', 0],
    [' 9 ', 9],
  ])('%j counts', (value, expected) => {
    expect(readScore(value)).toBe(expected);
  });

  test.each([
    [11],
    [-1],
    [9.5],
    ['9.5'],
    ['11'],
    ['nine'],
    ['9/10'],
    [''],
    [true],
    [null],
    [undefined],
    [[9]],
    [{ score: 9 }],
    [Number.NaN],
  ])('%j does not', (value) => {
    expect(readScore(value)).toBeUndefined();
  });
});

describe('POST /v1/nps', () => {
  test('a comment that is a number is text', () => {
    expect(read({ ...ada, comment: 24 }).events[0]?.properties['comment']).toBe('24');
  });

  test('one answer is one event of that person at that account', () => {
    const { events } = read({
      ...ada,
      comment: ' love it ',
      response_id: 77,
      account_id: 'acme',
      answered_at: day(-0.1),
    });
    expect(events).toMatchObject([
      {
        source: 'nps',
        name: 'NPS Answered',
        userId: 'ada',
        ownAccountId: 'acme',
        trust: 'server',
        properties: {
          score: 9,
          comment: 'love it',
          response_id: '77',
          answered_at: new Date(day(-0.1)).toISOString(),
        },
      },
    ]);
  });

  test('someone known by address only is named by it', () => {
    expect(read({ score: '10', email: 'ada@customer.example' }).events[0]).toMatchObject({
      email: 'ada@customer.example',
      properties: { score: 10 },
    });
  });

  test('the same answer sent twice is one answer, a changed one is news', () => {
    const id = (body: object) => read({ ...ada, response_id: 'r1', ...body }).events[0]?.id;
    expect(id({})).toBe(id({}));
    expect(id({})).not.toBe(id({ score: 4 }));
    expect(id({})).not.toBe(id({ comment: 'why' }));
  });

  test('answers that nothing tells apart are answers of their own', () => {
    expect(read(ada).events[0]?.id).not.toBe(read(ada).events[0]?.id);
  });

  test('an answer without a response id happened when it was given', () => {
    expect(read({ ...ada, answered_at: START - HOUR }).events[0]?.occurredAt).toBe(START - HOUR);
  });

  test('an answer of last month is history', () => {
    expect(read({ ...ada, response_id: 'r1', answered_at: START - 30 * DAY }).events[0]?.imported).toBe(true);
    expect(read({ ...ada, response_id: 'r1', answered_at: START - HOUR }).events[0]?.imported).toBe(false);
  });

  test('an answer given in the future is given now', () => {
    expect(read({ ...ada, answered_at: START + DAY }).events[0]?.occurredAt).toBe(START);
  });

  test.each([
    [{ user_id: 'ada' }, 'body.score: got nothing, expected a whole number from 0 to 10'],
    [{ ...ada, score: 11 }, 'body.score: got 11, expected a whole number from 0 to 10'],
    [{ ...ada, score: true }, 'body.score: got true'],
    [{ score: 9 }, 'user_id: got nothing, expected a user_id or an email'],
    [{ score: 9, userId: 'ada' }, 'did you mean user_id?'],
    [{ score: 9, email: 'not an address' }, 'got email "not an address"'],
    [{ score: 9, user_id: 'undefined' }, 'expected a user_id or an email'],
    [{ score: 9, user_id: 'email:eve@example.com' }, 'does not begin with anon: or email:'],
    [{ ...ada, comment: 'a\0b' }, 'comment: has a NUL character'],
    [{ ...ada, answered_at: 'lately' }, 'body.answered_at: got "lately"'],
    [{ ...ada, comment: { text: 'x' } }, 'comment: got an object'],
    [[ada], 'body: got a list'],
    ['score=9', 'body: got a string'],
  ])('%j is refused with its reason', (body, reason) => {
    const { events, rejections } = read(body);
    expect(events).toEqual([]);
    expect(rejections[0]?.reason).toContain(reason);
  });

  test('a long comment is cut between characters', () => {
    const comment = read({ ...ada, comment: `${'x'.repeat(9999)}😀` }).events[0]?.properties['comment'];
    expect(comment).toBe(`${'x'.repeat(9999)}\uFFFD`);
  });
});
