import { describe, expect, test } from 'vitest';
import { readPostHog } from '../../src/sources/posthog.ts';
import { START } from '../builders.ts';

const read = (properties: object, npsQuestions: readonly string[] = []) => {
  const body = {
    uuid: 'u1',
    event: 'survey sent',
    distinct_id: 'ada',
    properties: { $survey_id: 's1', ...properties },
  };
  const reading = {
    receivedAt: START,
    trust: 'server',
    accountGroupType: 'company',
    npsQuestions: new Set(npsQuestions),
  } as const;
  return readPostHog(body, reading).events[0];
};
const asked = (question: string, response: unknown, id = 'q1') => ({ id, question, response });

describe('a PostHog survey', () => {
  test('that asks who would recommend us is a promoter score, with the words beside it', () => {
    const properties = {
      $survey_submission_id: 'sub-1',
      $survey_name: 'Spring',
      $survey_questions: [
        asked('How likely are you to recommend us?', 9),
        asked('Why?', 'Great product', 'q2'),
      ],
    };
    expect(read(properties)).toMatchObject({
      name: 'NPS Answered',
      properties: {
        score: 9,
        comment: 'Great product',
        response_id: 'sub-1',
        survey_id: 's1',
        survey_name: 'Spring',
      },
    });
  });

  test('takes the answer from its own property where the list has none', () => {
    expect(
      read({ $survey_questions: [asked('Would you recommend us?', undefined)], $survey_response_q1: '10' })
        ?.properties['score'],
    ).toBe(10);
  });

  test('named NPS with one answer from 0 to 10 is a promoter score', () => {
    expect(read({ $survey_name: 'NPS Q3', $survey_response: '0', $survey_response_1: 'meh' })).toMatchObject({
      name: 'NPS Answered',
      properties: { score: 0, comment: 'meh' },
    });
  });

  test('whose question is known to be the one is a promoter score', () => {
    expect(read({ $survey_questions: [asked('Empfehlen Sie uns weiter?', 8)] }, ['q1'])).toMatchObject({
      properties: { score: 8 },
    });
    expect(read({ $survey_response: 8 }, ['s1'])).toMatchObject({ properties: { score: 8 } });
  });

  test.each([
    ['a rating of something else', { $survey_questions: [asked('How do you like the new editor?', 5)] }],
    ['a rating without any words', { $survey_response: 9, $survey_response_1: 'love it' }],
    ['a recommendation in words', { $survey_questions: [asked('Whom would you recommend?', 'Eve')] }],
    ['a score on another scale', { $survey_questions: [asked('Would you recommend us?', 85)] }],
    [
      'two ratings in a survey named NPS',
      { $survey_name: 'NPS', $survey_response: 9, $survey_response_1: 3 },
    ],
  ])('%s keeps its own name', (_what, properties) => {
    expect(read(properties)?.name).toBe('survey sent');
  });
});
