import { describe, expect, test } from 'vitest';
import { readSegment } from '../../src/sources/segment.ts';
import { START } from '../builders.ts';

const read = (message: object) => {
  const body = { type: 'track', messageId: 'm1', userId: 'ada', ...message };
  const { events, rejections } = readSegment(body, { receivedAt: START, imported: false, trust: 'server' });
  expect(rejections).toEqual([]);
  return events[0];
};

describe('promoter scores that reach us through Segment', () => {
  test('Wootric, by its response id, dated by its creation', () => {
    const properties = {
      score: '9',
      text: 'so fast',
      metric_type: 'NPS',
      response_id: 55,
      created_at: '2025-03-28 15:12:06 -0700',
      updated_at: 'x',
    };
    expect(read({ event: 'Wootric survey response updated', properties })).toMatchObject({
      name: 'NPS Answered',
      properties: {
        score: 9,
        comment: 'so fast',
        response_id: '55',
        answered_at: '2025-03-28T22:12:06.000Z',
      },
    });
  });

  test('Delighted, of somebody it knows by address only', () => {
    const event = read({
      event: 'Survey Question Answered',
      userId: undefined,
      context: { traits: { email: 'ada@customer.example', delighted_person_id: '1' } },
      properties: { survey_type: 'NPS', survey_question_answer: 10 },
    });
    expect(event).toMatchObject({
      name: 'NPS Answered',
      email: 'ada@customer.example',
      properties: { score: 10 },
    });
  });

  test('Pendo, however it writes the name', () => {
    for (const event of ['npsSubmitted', 'NPSSubmitted']) {
      expect(read({ event, properties: { nps: { rating: 8, reason: '' } } })).toMatchObject({
        name: 'NPS Answered',
        properties: { score: 8 },
      });
    }
  });

  test('our own name for it, from a server', () => {
    expect(
      read({ event: 'NPS Answered', properties: { score: '10', wave: 'spring', comment: '' } }),
    ).toMatchObject({
      properties: { score: 10, wave: 'spring' },
    });
  });

  test.each([
    [
      'another kind of survey',
      { event: 'Survey Question Answered', properties: { survey_type: 'CES', score: 5 } },
    ],
    [
      'a rating of support',
      { event: 'Wootric survey response created', properties: { metric_type: 'CSAT', score: 5 } },
    ],
    ['a kind that it does not name', { event: 'Wootric survey response created', properties: { score: 5 } }],
    ['an answer without a score', { event: 'npsSubmitted', properties: { reason: 'only words' } }],
    ['a score on another scale', { event: 'npsSubmitted', properties: { rating: 85 } }],
  ])('%s keeps its own name', (_what, message) => {
    expect(read(message)?.name).toBe(message.event);
  });
});
