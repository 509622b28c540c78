import type { Json, JsonObject } from '../engine/event.ts';
import { readInstant } from './instant.ts';
import { readScore } from './nps.ts';

/** A survey tool that reports promoter scores through Segment under a name of its own. */
type Tool = {
  readonly event: RegExp;
  /** The property that says which kind of survey it was, where the tool runs several kinds. */
  readonly kind?: string;
  readonly score: readonly string[];
  readonly comment: readonly string[];
  readonly responseId: readonly string[];
  readonly answeredAt: readonly string[];
};

const TOOLS: readonly Tool[] = [
  {
    // Delighted. It names no response: `survey_id` is the survey of that person only by its permalink.
    event: /^Survey Question Answered$/i,
    kind: 'survey_type',
    score: ['score', 'survey_question_answer', 'answer'],
    comment: ['comment', 'survey_comment'],
    responseId: ['response_id', 'survey_response_id'],
    answeredAt: [],
  },
  {
    // Wootric, now InMoment.
    event: /^Wootric survey response (created|updated)$/i,
    kind: 'metric_type',
    score: ['score'],
    comment: ['text'],
    responseId: ['response_id'],
    answeredAt: ['created_at'],
  },
  {
    // Pendo.
    event: /^npsSubmitted$/i,
    score: ['rating', 'score', 'npsRating'],
    comment: ['reason', 'comment'],
    responseId: ['uniqueId', 'response_id'],
    answeredAt: [],
  },
];

/**
 * What a survey tool's event says as `NPS Answered`, or undefined when it is none: another tool, another kind
 * of survey, or an answer without a valid score.
 */
export function npsFromTool(event: string, properties: JsonObject): JsonObject | undefined {
  const tool = TOOLS.find((candidate) => candidate.event.test(event));
  if (tool === undefined) return undefined;
  if (tool.kind !== undefined && !/^e?nps$/i.test(String(properties[tool.kind] ?? ''))) return undefined;
  const nested = properties['nps'];
  const fields = isObject(nested) ? { ...properties, ...nested } : properties;
  const score = pick(fields, tool.score);
  if (readScore(score) === undefined || score === undefined) return undefined;
  return {
    score,
    ...given('comment', pick(fields, tool.comment)),
    ...given('response_id', pick(fields, tool.responseId)),
    ...given('answered_at', date(pick(fields, tool.answeredAt))),
    survey_tool_event: event,
  };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function pick(fields: JsonObject, keys: readonly string[]): Json | undefined {
  return keys
    .map((key) => fields[key])
    .find((value) => value !== undefined && value !== null && value !== '');
}

// A date that cannot be read is no reason to lose the score.
const date = (value: Json | undefined) => (Number.isFinite(readInstant(value)) ? value : undefined);

const given = (key: string, value: Json | undefined): JsonObject =>
  value === undefined ? {} : { [key]: value };
