import type { JsonObject } from '../engine/event.ts';
import { type Fields, isFields } from './json.ts';
import { readScore } from './nps.ts';

type Question = { readonly id: string; readonly text: string; readonly response: unknown };

/**
 * The promoter score in a `survey sent` event, or undefined when no question of it asks for one. The event does
 * not say what kind a question is: it is the one whose survey or question id is in `known`; else the one that
 * speaks of recommending and was answered from 0 to 10; else, in a survey named NPS, the only one so answered.
 */
export function npsFromSurvey(properties: Fields, known: ReadonlySet<string>): JsonObject | undefined {
  const questions = questionsOf(properties);
  const scored = questions.filter(({ response }) => readScore(response) !== undefined);
  const answer = npsQuestion(properties, scored, known);
  if (answer === undefined) return undefined;
  const comment = questions.find(
    ({ id, response }) => id !== answer.id && typeof response === 'string' && response !== '',
  );
  return {
    score: readScore(answer.response) ?? null,
    ...text('comment', comment?.response),
    ...text('response_id', properties['$survey_submission_id']),
    ...text('survey_id', properties['$survey_id']),
    ...text('survey_name', properties['$survey_name']),
  };
}

function npsQuestion(
  properties: Fields,
  scored: readonly Question[],
  known: ReadonlySet<string>,
): Question | undefined {
  const configured = scored.find(({ id }) => known.has(id));
  if (configured !== undefined) return configured;
  const recommending = scored.find((question) => /recommend/i.test(question.text));
  if (recommending !== undefined) return recommending;
  const isNps =
    known.has(String(properties['$survey_id'])) ||
    /\bnps\b|net promoter/i.test(String(properties['$survey_name'] ?? ''));
  return isNps && scored.length === 1 ? scored[0] : undefined;
}

// Newer clients list the questions; older ones and own code send `$survey_response`, `$survey_response_1`, ….
function questionsOf(properties: Fields): readonly Question[] {
  const listed = properties['$survey_questions'];
  if (Array.isArray(listed)) {
    return listed.filter(isFields).map((question) => {
      const id = String(question['id'] ?? '');
      return {
        id,
        text: String(question['question'] ?? ''),
        response: question['response'] ?? properties[`$survey_response_${id}`],
      };
    });
  }
  return Object.entries(properties)
    .filter(([key]) => key.startsWith('$survey_response'))
    .map(([key, response]) => ({ id: key.replace(/^\$survey_response_?/, ''), text: '', response }));
}

function text(key: string, value: unknown): JsonObject {
  return typeof value === 'string' && value !== '' ? { [key]: value } : {};
}
