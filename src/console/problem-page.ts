import type { ErrorRequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { statusOf } from '../http/problem.ts';
import { outageIn } from '../use-cases/outage.ts';
import { html } from './html.ts';
import { notice, sendPage } from './page.ts';

/** Errors of pages, as pages. What is no refusal is logged and said without its particulars. */
export function problemPages(deps: Pick<Deps, 'log'>, base: string): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.status === 500) deps.log.error({ err: error }, 'a page failed');
    if (problem.status === 503) deps.log.warn({ err: error }, 'a page was turned away');
    sendPage(res, base, {
      title: 'That did not work',
      body: html`<h1>That did not work</h1>${notice(problem.message, 'problem')}`,
      status: problem.status,
    });
  };
}

function toProblem(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof Refusal) return { status: statusOf(error.code), message: error.message };
  if (outageIn(error) !== undefined)
    return {
      status: statusOf('busy'),
      message: 'This cannot be answered just now. Please try again in a minute.',
    };
  // Express says it so when a body is too long or a path cannot be decoded.
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 413) return { status, message: 'That was too much text for one form.' };
  if (status === 400) return { status, message: 'The request arrived broken.' };
  return { status: 500, message: 'Something went wrong on our side. Please try again in a minute.' };
}
