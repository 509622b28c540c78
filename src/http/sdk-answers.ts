import type { ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';
import { HttpFault } from './http-fault.ts';
import { problemOf } from './problem.ts';

/** How a door speaks: to Segment's clients, to PostHog's, or to people who call us directly. */
export type Dialect = {
  readonly failed: (status: number, detail: string) => unknown;
  readonly contentType: string;
};

export const segmentDialect: Dialect = {
  contentType: 'application/json',
  failed: (status, message) => ({
    success: false,
    code: status === 401 ? 'unauthorized' : status >= 500 ? 'server_error' : 'invalid_request',
    message,
  }),
};

export const postHogDialect: Dialect = {
  contentType: 'application/json',
  failed: (status, detail) => ({ ...postHogError(status), detail, attr: null }),
};

export const problemDialect: Dialect = {
  contentType: 'application/problem+json',
  failed: (status, detail) =>
    problemOf(status, detail, status === 400 ? [{ field: fieldIn(detail), message: detail }] : []),
};

/** The field that a fault names before its colon: `body.score: got 11, …` is about `score`. */
const fieldIn = (detail: string) => /^([\w.]+): /.exec(detail)?.[1]?.replace(/^body\./, '') ?? 'body';

function postHogError(status: number) {
  if (status === 401) return { type: 'authentication_error', code: 'invalid_api_key' };
  return status >= 500
    ? { type: 'server_error', code: 'error' }
    : { type: 'validation_error', code: 'invalid_payload' };
}

/** Answers with JSON, whole, with its length. */
export function answerJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  res.end(text);
}

type Failure = { readonly status: number; readonly detail: string };

/** What to say of an error. Whatever is not the caller's fault is a 5xx, so that clients send again. */
export function failureOf(error: unknown): Failure {
  if (error instanceof HttpFault) return { status: error.status, detail: error.message };
  if (error instanceof Refusal && error.code === 'busy') return { status: 503, detail: error.message };
  if (error instanceof Refusal && error.code === 'invalid') return { status: 400, detail: error.message };
  return { status: 500, detail: 'something broke here; not all of it was stored, please send it again' };
}

/** Answers a failure in the words of the door's SDK. */
export function answerFailure(res: ServerResponse, dialect: Dialect, { status, detail }: Failure): void {
  const retry = status === 503 ? { 'Retry-After': '2' } : {};
  answerJson(res, status, dialect.failed(status, detail), { 'Content-Type': dialect.contentType, ...retry });
}
