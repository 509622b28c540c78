import { readDate } from './date.ts';
import type { Event, PersonId } from './event.ts';
import { isAfter } from './mark.ts';
import { hasLeft } from './people.ts';
import { type Facts, NO_EVIDENCE, type Reading } from './reading.ts';
import { own, put } from './record.ts';
import { takeSaid } from './says.ts';
import { type AccountState, MAX_RESPONSES, type NpsResponse } from './state.ts';
import type { Instant } from './time.ts';

export const NPS_ANSWERED = 'NPS Answered';

/** The scores that a signal counts: both bounds, where given, must hold. */
export type ScoreRange = { readonly atLeast?: number; readonly atMost?: number };

/** A person's answer as it stands now, dated by when it was first given. */
export type Answer = {
  readonly personId: PersonId;
  readonly score: number;
  readonly answeredAt: Instant;
  readonly responseId: string;
};

/**
 * Remembers an answer. Events with one `response_id` are one response: the last of them, by (occurredAt, id), gives
 * the score, and it is dated by the earliest `answered_at` they carry, else by the earliest of them. A score that is
 * no whole JSON number from 0 to 10 is no answer, and an answer that names no person is nobody's: it counts nowhere,
 * because three of them may be one person's.
 */
export function foldAnswer(state: AccountState, event: Event, names: readonly string[]): void {
  const score = npsScore(event);
  if (score === undefined || event.personId === undefined) return;
  let responses = own(state.answers, event.personId);
  if (responses === undefined) {
    responses = [];
    put(state.answers, event.personId, responses);
  }
  addResponse(responses, responseOf(event, score, names));
  responses.sort(latestFirst);
  if (responses.length > MAX_RESPONSES) responses.pop();
}

/** The answers of two people who turned out to be one, as if all had been folded for that one. */
export function mergeAnswers(one: readonly NpsResponse[], other: readonly NpsResponse[]): NpsResponse[] {
  const responses = [...one];
  for (const answer of other) addResponse(responses, answer);
  return responses.sort(latestFirst).slice(0, MAX_RESPONSES);
}

function addResponse(responses: NpsResponse[], answer: NpsResponse): void {
  const place = responses.findIndex(({ key }) => key === answer.key);
  const known = responses[place];
  if (known === undefined) responses.push(answer);
  else responses[place] = merged(known, answer);
}

/** The score that an event answers with, undefined when it is no valid answer. */
export function npsScore(event: Pick<Event, 'name' | 'properties'>): number | undefined {
  const score = event.name === NPS_ANSWERED ? event.properties['score'] : undefined;
  return typeof score === 'number' && Number.isInteger(score) && score >= 0 && score <= 10
    ? score
    : undefined;
}

export function inScoreRange({ atLeast, atMost }: ScoreRange, score: number): boolean {
  return (atLeast === undefined || score >= atLeast) && (atMost === undefined || score <= atMost);
}

/**
 * Whether an answer, not yet folded, is news: the first of its response, or one that gives it another score.
 * An update that only adds a comment, and one that a later update has overtaken, is none.
 */
export function changesScore(state: AccountState, event: Event): boolean {
  const score = npsScore(event);
  if (score === undefined || event.personId === undefined) return false;
  const key = responseKey(event);
  const known = own(state.answers, event.personId)?.find((response) => response.key === key);
  return known === undefined || (isAfter(event, known) && score !== known.score);
}

/** A person's latest answer: the highest by (answeredAt, responseId). */
export function latestAnswer(state: AccountState, personId: PersonId): Answer | undefined {
  const latest = own(state.answers, personId)?.[0];
  return latest && toAnswer(personId, latest);
}

/** The latest answers of everyone whose score lies in the range, newest first. */
export function answersWithin(state: AccountState, range: ScoreRange): Answer[] {
  return Object.keys(state.answers)
    .flatMap((personId) => latestAnswer(state, personId) ?? [])
    .filter(({ score }) => inScoreRange(range, score))
    .sort(
      (a, b) =>
        b.answeredAt - a.answeredAt ||
        descending(a.responseId, b.responseId) ||
        descending(a.personId, b.personId),
    );
}

/** Everyone whose latest answer is a 9 or 10, newest answer first. */
export function promoters(state: AccountState): Answer[] {
  return answersWithin(state, { atLeast: 9 });
}

/** The first of them who has not left the account. */
export function latestPromoter(state: AccountState): PersonId | undefined {
  const latest = readNps(state, { atLeast: 9 }, 1).facts.personId;
  if (latest === undefined || !hasLeft(state, latest)) return latest;
  return promoters(state).find(({ personId }) => !hasLeft(state, personId))?.personId;
}

/** Evidence while the latest answers of at least `people` persons lie in the range; dates from the latest of those. */
export function readNps(state: AccountState, range: ScoreRange, people: number): Reading {
  let count = 0;
  let latest: NpsResponse | undefined;
  let personId = '';
  for (const person in state.answers) {
    const answer = state.answers[person]?.[0];
    if (answer === undefined || !inScoreRange(range, answer.score)) continue;
    count += 1;
    const order = latest === undefined ? -1 : latestFirst(answer, latest) || descending(person, personId);
    if (order > 0) continue;
    latest = answer;
    personId = person;
  }
  if (latest === undefined || count < people) return NO_EVIDENCE;
  const facts: Facts = {
    count,
    from: undefined,
    to: undefined,
    value: latest.score,
    personId,
    said: latest.said,
  };
  return { strength: 1, datedAt: answeredAt(latest), facts };
}

function toAnswer(personId: PersonId, response: NpsResponse): Answer {
  return { personId, score: response.score, answeredAt: answeredAt(response), responseId: response.key };
}

function answeredAt(response: NpsResponse): Instant {
  return response.answered ?? response.first;
}

function responseOf(event: Event, score: number, names: readonly string[]): NpsResponse {
  const { occurredAt: at, id } = event;
  const response: NpsResponse = { key: responseKey(event), score, at, id, first: at };
  const answered = readDate(event.properties['answered_at']);
  // Nobody answers after the answer was reported: a clock that is ahead does not make evidence fresher.
  if (answered !== undefined) response.answered = Math.min(answered, at);
  const said = names.length === 0 ? undefined : takeSaid(names, event.properties);
  if (said !== undefined) response.said = said;
  return response;
}

function responseKey({ id, properties }: Event): string {
  const given = properties['response_id'];
  return (typeof given === 'string' && given !== '') || typeof given === 'number' ? String(given) : id;
}

function merged(known: NpsResponse, update: NpsResponse): NpsResponse {
  const isLater = isAfter({ occurredAt: update.at, id: update.id }, known);
  const { answered: _, ...winner } = isLater ? update : known;
  const response: NpsResponse = { ...winner, first: Math.min(known.first, update.first) };
  const answered = Math.min(
    known.answered ?? Number.POSITIVE_INFINITY,
    update.answered ?? Number.POSITIVE_INFINITY,
  );
  return answered === Number.POSITIVE_INFINITY ? response : { ...response, answered };
}

function latestFirst(a: NpsResponse, b: NpsResponse): number {
  return answeredAt(b) - answeredAt(a) || descending(a.key, b.key);
}

function descending(a: string, b: string): number {
  return a > b ? -1 : a < b ? 1 : 0;
}
