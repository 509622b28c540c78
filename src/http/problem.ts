import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { type FieldError, Refusal, type RefusalCode } from '../errors.ts';
import { outageIn } from '../use-cases/outage.ts';

/** The one table of HTTP status: why we refuse, and what we answer then. */
const STATUS: Readonly<Record<RefusalCode, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request is not valid'],
  unauthorized: [401, 'A key or token is missing or wrong'],
  forbidden: [403, 'This key or token may not do that'],
  not_found: [404, 'Not found'],
  conflict: [409, 'It is not possible any more'],
  gone: [410, 'It is gone'],
  too_large: [413, 'The request is too large'],
  unsupported: [415, 'The request is of a kind that is not read here'],
  busy: [503, 'Busy, try again soon'],
};

/** The same words for the same status at the doors in front, which have a few of their own. */
const TITLES: ReadonlyMap<number, string> = new Map([
  ...Object.values(STATUS),
  [405, 'The method is not allowed here'],
  [408, 'The request took too long'],
]);

/** The body of an answer that says no, as RFC 9457 has it. */
export const problemOf = (status: number, detail: string, errors: readonly FieldError[] = []) => ({
  type: 'about:blank',
  title: TITLES.get(status) ?? FAULT,
  status,
  detail,
  errors,
});

const FAULT = 'Something went wrong on our side';

/** The HTTP status of a refusal. */
export const statusOf = (code: RefusalCode): number => STATUS[code][0];

/** Answers refusals as `application/problem+json`; anything else is a fault of ours, logged once, and a 500. */
export function problems(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    answerProblem(log, error, req, res);
  };
}

/** The same for a request that is answered in front of Express. */
export function answerProblem(log: Logger, error: unknown, req: IncomingMessage, res: ServerResponse): void {
  const outage = outageIn(error);
  const refusal = outage ?? toRefusal(error);
  const path = req.url?.split('?')[0]?.split('/').slice(0, 3).join('/');
  if (outage !== undefined)
    log.warn(
      { err: error, method: req.method, path },
      'a request was turned away: the database does not answer',
    );
  else if (refusal === undefined) log.error({ err: error, method: req.method, path }, 'a request failed');
  const status = refusal ? statusOf(refusal.code) : 500;
  const detail = refusal?.message ?? 'The fault is in our log. Nothing was changed; try again later.';
  const body = JSON.stringify(problemOf(status, detail, refusal?.errors));
  res
    .writeHead(status, {
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      ...(status === 503 ? { 'Retry-After': '5' } : {}),
    })
    .end(req.method === 'HEAD' ? undefined : body);
}

/** Refuses what no route has taken. */
export const notFound: RequestHandler = (req) => {
  throw new Refusal('not_found', `There is no ${req.method} ${req.path.slice(0, 200)}.`);
};

/** Refusals of our own, and those that the body parser puts in its own words. */
function toRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) {
    const limit = 'limit' in error && typeof error.limit === 'number' ? error.limit : 0;
    return new Refusal('too_large', `The body is larger than ${Math.round(limit / 1024)} kB.`);
  }
  if ('type' in error && error.type === 'entity.parse.failed')
    return new Refusal('invalid', `body: expected a JSON object (${error.message.slice(0, 200)})`, [
      { field: 'body', message: 'expected a JSON object' },
    ]);
  if (error.status >= 400 && error.status < 500) {
    const code = error.status === 415 ? 'unsupported' : 'invalid';
    return new Refusal(code, `The request could not be read: ${error.message.slice(0, 200)}`);
  }
  return undefined;
}
