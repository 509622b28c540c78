import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/engine/catalog.ts';
import type { Event } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { measure } from '../../src/engine/measure.ts';
import {
  answersWithin,
  changesScore,
  latestAnswer,
  mergeAnswers,
  promoters,
  readNps,
} from '../../src/engine/nps.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { anAnswer, anEvent, aSignal, day } from '../builders.ts';

describe("a person's latest answer", () => {
  test('an older answer that arrives late does not replace a newer one', () => {
    const state = stateAfter([anAnswer(9, { occurredAt: day(10) }), anAnswer(2, { occurredAt: day(3) })]);
    expect(latestAnswer(state, 'ada')).toMatchObject({ score: 9, answeredAt: day(10) });
  });

  test('of one response the last event gives the score, and the first the date', () => {
    const first = anAnswer(9, { responseId: 'r1', occurredAt: day(1) });
    const update = anAnswer(6, { responseId: 'r1', occurredAt: day(4) });
    const expected = { personId: 'ada', score: 6, answeredAt: day(1), responseId: 'r1' };
    expect(latestAnswer(stateAfter([first, update]), 'ada')).toEqual(expected);
    expect(latestAnswer(stateAfter([update, first]), 'ada')).toEqual(expected);
  });

  test('of two events of a response at one instant the higher id counts', () => {
    const a = anAnswer(9, { id: 'test:a', responseId: 'r1' });
    const b = anAnswer(3, { id: 'test:b', responseId: 'r1' });
    expect(latestAnswer(stateAfter([a, b]), 'ada')?.score).toBe(3);
    expect(latestAnswer(stateAfter([b, a]), 'ada')?.score).toBe(3);
  });

  test('of two answers at one instant the higher response id counts', () => {
    const answers = [anAnswer(9, { responseId: 'r1' }), anAnswer(4, { responseId: 'r2' })];
    expect(latestAnswer(stateAfter(answers), 'ada')?.score).toBe(4);
    expect(latestAnswer(stateAfter(answers.toReversed()), 'ada')?.score).toBe(4);
  });

  test('answered_at dates an answer that was reported later', () => {
    const late = anAnswer(3, {
      occurredAt: day(9),
      properties: { score: 3, answered_at: new Date(day(1)).toISOString() },
    });
    const state = stateAfter([anAnswer(10, { occurredAt: day(5) }), late]);
    expect(latestAnswer(state, 'ada')?.score).toBe(10);
    expect(latestAnswer(stateAfter([late]), 'ada')?.answeredAt).toBe(day(1));
  });

  test('of one response the earliest answered_at counts, in whatever order they arrive', () => {
    const answered = (n: number, at: number) =>
      anAnswer(9, {
        occurredAt: day(at),
        properties: { score: 9, response_id: 'r1', answered_at: new Date(day(n)).toISOString() },
      });
    const undated = anAnswer(9, { responseId: 'r1', occurredAt: day(0) });
    const events = [undated, answered(3, 5), answered(2, 6)];
    for (const order of [events, events.toReversed()])
      expect(latestAnswer(stateAfter(order), 'ada')?.answeredAt).toBe(day(2));
    expect(latestAnswer(stateAfter([undated, answered(3, 5)]), 'ada')?.answeredAt).toBe(day(3));
  });

  test('a clock that is ahead dates no answer after it was reported', () => {
    const early = anAnswer(9, { occurredAt: day(1), properties: { score: 9, answered_at: day(5) } });
    expect(latestAnswer(stateAfter([early]), 'ada')?.answeredAt).toBe(day(1));
  });

  test('a response is known by its number as by its text', () => {
    const first = anAnswer(9, { occurredAt: day(1), properties: { score: 9, response_id: 7 } });
    const update = anAnswer(5, { occurredAt: day(2), responseId: '7' });
    expect(stateAfter([first, update]).answers['ada']).toHaveLength(1);
  });

  test('an empty response id names no response', () => {
    const answers = [anAnswer(9, { responseId: '' }), anAnswer(8, { responseId: '' })];
    expect(stateAfter(answers).answers['ada']).toHaveLength(2);
  });

  test('nothing is kept of an answer but what its response says', () => {
    const answer = anAnswer(9, { id: 'test:x', responseId: 'r1' });
    expect(stateAfter([answer]).answers['ada']).toStrictEqual([
      { key: 'r1', score: 9, at: day(0), id: 'test:x', first: day(0) },
    ]);
  });

  test('a score in another event is no answer', () => {
    expect(stateAfter([anEvent({ name: 'CSAT Answered', properties: { score: 9 } })]).answers).toEqual({});
    expect(changesScore(emptyState(), anEvent({ properties: { score: 9 } }))).toBe(false);
  });

  test.each([[11], [-1], [9.5], ['10'], [true], [null]])('%j is no score', (score) => {
    const state = stateAfter([anEvent({ name: 'NPS Answered', properties: { score } })]);
    expect(latestAnswer(state, 'ada')).toBeUndefined();
  });

  test('0 is one', () => {
    expect(latestAnswer(stateAfter([anAnswer(0)]), 'ada')?.score).toBe(0);
  });

  test('who is called like a part of the language has an answer of their own only', () => {
    const state = stateAfter([anAnswer(9, { personId: '__proto__' }), anAnswer(8, { personId: 'toString' })]);
    expect(latestAnswer(state, 'constructor')).toBeUndefined();
    expect(latestAnswer(state, '__proto__')?.score).toBe(9);
    expect(latestAnswer(JSON.parse(JSON.stringify(state)), '__proto__')?.score).toBe(9);
    expect(latestAnswer(state, 'toString')?.score).toBe(8);
  });

  test('no more than the latest 20 responses of a person are kept', () => {
    const answers = Array.from({ length: 30 }, (_, n) => anAnswer(n % 10, { occurredAt: day(n) }));
    const state = stateAfter(answers);
    expect(state.answers['ada']).toHaveLength(20);
    expect(state.answers['ada']?.at(-1)?.at).toBe(day(10));
    expect(stateAfter(answers.toReversed())).toEqual(state);
  });
});

describe('promoters', () => {
  test('are those whose latest answer is a 9 or 10, the newest first', () => {
    const state = stateAfter([
      anAnswer(9, { personId: 'ada', occurredAt: day(1) }),
      anAnswer(10, { personId: 'ben', occurredAt: day(3) }),
      anAnswer(10, { personId: 'cleo', occurredAt: day(1) }),
      anAnswer(8, { personId: 'cleo', occurredAt: day(4) }),
    ]);
    expect(promoters(state).map(({ personId }) => personId)).toEqual(['ben', 'ada']);
    expect(answersWithin(state, { atLeast: 7, atMost: 9 }).map(({ personId }) => personId)).toEqual([
      'cleo',
      'ada',
    ]);
  });
});

describe('of answers at one instant', () => {
  const same = ['ada', 'ben', 'cleo'].map((personId, n) =>
    anAnswer(9, { personId, responseId: n === 1 ? 'r2' : 'r1' }),
  );

  test('the higher response id comes first, then the person later in the alphabet', () => {
    for (const order of [same, same.toReversed()]) {
      const state = stateAfter(order);
      expect(promoters(state).map(({ personId }) => personId)).toEqual(['ben', 'cleo', 'ada']);
      expect(readNps(state, { atLeast: 9 }, 1).facts).toMatchObject({ personId: 'ben', count: 3 });
    }
    const [ada, , cleo] = same;
    if (ada === undefined || cleo === undefined) throw new Error('no answers');
    for (const order of [
      [ada, cleo],
      [cleo, ada],
    ])
      expect(readNps(stateAfter(order), { atLeast: 9 }, 1).facts.personId).toBe('cleo');
  });
});

describe('the answers of two people who are one', () => {
  const answersOf = (events: readonly Event[], personId: string) =>
    stateAfter(events.map((event) => ({ ...event, personId }))).answers[personId] ?? [];
  const response = (score: number, n: number, responseId: string, id: string) =>
    anAnswer(score, { occurredAt: day(n), responseId, id });
  const all = [
    response(9, 1, 'r1', 'test:a'),
    response(4, 2, 'r1', 'test:b'),
    response(7, 2, 'r1', 'test:c'),
    response(3, 0, 'r2', 'test:d'),
    response(8, 3, 'r3', 'test:e'),
  ];

  test('are what one person had answered, however they are shared out', () => {
    const together = answersOf(all, 'ada');
    expect(together.map(({ key, score }) => [key, score])).toEqual([
      ['r3', 8],
      ['r1', 7],
      ['r2', 3],
    ]);
    for (let shares = 0; shares < 2 ** all.length; shares += 1) {
      const hers = all.filter((_, n) => shares & (1 << n));
      const theirs = all.filter((_, n) => !(shares & (1 << n)));
      expect(mergeAnswers(answersOf(hers, 'ada'), answersOf(theirs, 'ben'))).toEqual(together);
    }
  });

  test('are no more than 20 in the end', () => {
    const many = Array.from({ length: 30 }, (_, n) => anAnswer(n % 10, { occurredAt: day(n) }));
    const merged = mergeAnswers(answersOf(many.slice(0, 15), 'ada'), answersOf(many.slice(15), 'ben'));
    expect(merged).toEqual(answersOf(many, 'ada'));
    expect(merged).toHaveLength(20);
  });
});

describe('an nps signal', () => {
  const two = { kind: 'nps', atLeast: 9, people: 2 } as const;

  test('needs as many people as it says, by their latest answers', () => {
    const ada = anAnswer(10, { personId: 'ada', occurredAt: day(1) });
    const ben = anAnswer(9, { personId: 'ben', occurredAt: day(2) });
    expect(measured(two, [ada]).strength).toBe(0);
    expect(measured(two, [ada, ben])).toMatchObject({
      strength: 1,
      datedAt: day(2),
      facts: { count: 2, value: 9, personId: 'ben', said: { comment: 'fine' } },
    });
    expect(measured(two, [ada, ben, anAnswer(3, { personId: 'ada', occurredAt: day(3) })]).strength).toBe(0);
  });

  test('an answer that nobody gave counts nowhere', () => {
    const { personId: _, ...anonymous } = anAnswer(10);
    expect(measured({ kind: 'nps', atLeast: 9, people: 1 }, [anonymous]).strength).toBe(0);
  });

  function measured(evidence: Evidence, events: readonly Event[]) {
    const signal = aSignal({ evidence, says: '{{ person }}: {{ comment }}' });
    const commented = events.map((event) => ({
      ...event,
      properties: { ...event.properties, comment: 'fine' },
    }));
    return measure(stateAfter(commented, signal), signal, day(9));
  }
});

describe('changesScore', () => {
  const state = stateAfter([anAnswer(9, { responseId: 'r1', occurredAt: day(2) })]);

  test('a new response is news', () => {
    expect(changesScore(state, anAnswer(9, { responseId: 'r2', occurredAt: day(1) }))).toBe(true);
  });

  test('an update is news only when it gives another score', () => {
    expect(changesScore(state, anAnswer(10, { responseId: 'r1', occurredAt: day(3) }))).toBe(true);
    expect(changesScore(state, anAnswer(9, { responseId: 'r1', occurredAt: day(3) }))).toBe(false);
  });

  test('what a later update has overtaken, and what is no answer, is no news', () => {
    expect(changesScore(state, anAnswer(10, { responseId: 'r1', occurredAt: day(1) }))).toBe(false);
    expect(changesScore(state, anAnswer(11, { responseId: 'r3' }))).toBe(false);
    const { personId: _, ...anonymous } = anAnswer(3);
    expect(changesScore(state, anonymous)).toBe(false);
  });
});

function stateAfter(events: readonly Event[], signal = aSignal()) {
  const index = indexSignals([signal]);
  return events.reduce((state, event) => fold(state, event, index), emptyState());
}
