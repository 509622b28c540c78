import { createHash, randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../engine/event.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { readAddress, readId, readMessageId, readUserId } from './identity.ts';
import { readInstant } from './instant.ts';
import { faultOfText, isFields, kindOf, storable } from './json.ts';
import { MessageFault, refuse } from './message-fault.ts';
import { rejection, shown } from './rejection.ts';
import type { Intake, ReportedEvent } from './reported.ts';

const MAX_COMMENT = 10_000;

/** A promoter score: a whole number from 0 to 10, or that number as text. Undefined for anything else. */
export function readScore(value: unknown): number | undefined {
  if (typeof value === 'string') {
    return /^(\d|10)$/.test(value.trim()) ? Number(value) : undefined;
  }
  const isScore = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10;
  return isScore ? value + 0 : undefined;
}

/** The score at `where`, or a refusal that says what came. A missing score is never a 0. */
function requireScore(value: unknown, where: string): number {
  const score = readScore(value);
  if (score === undefined) refuse(`${where}: got ${shown(value)}, expected a whole number from 0 to 10`);
  return score;
}

/**
 * The properties of `NPS Answered`: `score` a number, `comment` and `response_id` text, `answered_at` ISO 8601
 * and not in the future, and whatever else the source said.
 */
export function npsProperties(said: JsonObject, where: string, receivedAt: Instant): JsonObject {
  const { score, comment, response_id: responseId, answered_at: answeredAt, ...rest } = said;
  const id = readMessageId(responseId, `${where}.response_id`);
  const at = answeredAt === undefined || answeredAt === null ? undefined : readInstant(answeredAt);
  if (answeredAt !== undefined && answeredAt !== null && (at === undefined || !Number.isFinite(at))) {
    refuse(`${where}.answered_at: got ${shown(answeredAt)}, expected a date like 2026-03-01T10:00:00Z`);
  }
  return {
    ...rest,
    score: requireScore(score, `${where}.score`),
    ...commentOf(comment),
    ...(id === undefined ? {} : { response_id: id }),
    ...(at === undefined ? {} : { answered_at: new Date(Math.min(at, receivedAt)).toISOString() }),
  };
}

// Somebody may have nothing to add but a figure, which some tools send as a number.
function commentOf(comment: Json | undefined): JsonObject {
  const text = typeof comment === 'number' ? String(comment) : comment;
  return typeof text === 'string' && text.trim() !== ''
    ? { comment: storable(text.trim().slice(0, MAX_COMMENT)) }
    : {};
}

/**
 * Reads `{score, comment?, response_id?, user_id or email, account_id?, answered_at?}`, from a server. With a
 * `response_id` or `answered_at` a repeat is recognised; without either each call is an answer of its own. An
 * answer given more than a day ago is history: it opens no trigger.
 */
export function readNps(body: unknown, receivedAt: Instant): Intake {
  try {
    return { events: [readAnswer(body, receivedAt)], rejections: [] };
  } catch (error) {
    if (error instanceof MessageFault)
      return { events: [], rejections: [rejection('nps', body, error.message)] };
    throw error;
  }
}

function readAnswer(body: unknown, receivedAt: Instant): ReportedEvent {
  if (!isFields(body)) refuse(`body: got ${kindOf(body)}, expected an object with score and user_id`);
  const userId = readUserId(body['user_id'], 'user_id');
  const email = readAddress(body['email']);
  if (userId === undefined && email === undefined) {
    const meant = body['userId'] === undefined ? '' : ' (did you mean user_id? got userId)';
    const came = body['email'] === undefined ? '' : `; got email ${shown(body['email'])}`;
    refuse(`user_id: got ${shown(body['user_id'])}, expected a user_id or an email${meant}${came}`);
  }
  const accountId = readId(body['account_id'], 'account_id');
  const properties = npsProperties(
    {
      score: scalar(body['score'], 'score'),
      comment: scalar(body['comment'], 'comment'),
      response_id: scalar(body['response_id'], 'response_id'),
      answered_at: scalar(body['answered_at'], 'answered_at'),
    },
    'body',
    receivedAt,
  );
  const answeredAt = readInstant(properties['answered_at']) ?? receivedAt;
  const isUpdate = properties['response_id'] !== undefined;
  return {
    id: `nps:${idOf(properties, [userId ?? '', email ?? '', accountId ?? ''])}`,
    source: 'nps',
    name: 'NPS Answered',
    // What is said of a response is said now; `answered_at` says when the response itself was given.
    occurredAt: isUpdate ? receivedAt : answeredAt,
    receivedAt,
    ...(userId === undefined ? {} : { userId }),
    ...(email === undefined ? {} : { email }),
    ...(accountId === undefined ? {} : { ownAccountId: accountId }),
    properties,
    // An answer of last month is evidence, but no occasion to write to somebody today.
    imported: isUpdate && receivedAt - answeredAt > DAY,
    trust: 'server',
    flags: [],
  };
}

function scalar(value: unknown, where: string): Json {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    refuse(`${where}: got ${kindOf(value)}, expected text or a number`);
  }
  const fault = typeof value === 'string' ? faultOfText(value) : undefined;
  return fault === undefined ? value : refuse(`${where}: ${fault}`);
}

// An answer that was changed is news, the same answer sent again is not.
function idOf(properties: JsonObject, who: readonly string[]): string {
  if (properties['response_id'] === undefined && properties['answered_at'] === undefined) return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([properties, ...who]))
    .digest('hex')
    .slice(0, 32);
}
