import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import { invalidField } from '../errors.ts';
import type { NudgeBoard, PresentedNudge } from '../use-cases/nudge-board.ts';
import { allowOrigin } from './cors.ts';
import { answerProblem } from './problem.ts';
import { requireUserToken, userOf } from './require-key.ts';
import { rememberTokens } from './user-token.ts';

const PATH = '/v1/nudges';
const POLL_AFTER_SECONDS = 60;

/** An answer as it goes over the wire: made once, sent to all who poll. */
type Answer = { readonly body: string; readonly length: string; readonly etag: string };

type DoorDeps = Pick<Deps, 'config' | 'keys' | 'clock' | 'log'>;

/**
 * Where product apps poll for nudges, on node:http in front of Express. The handler returns true when it took the
 * request. A user we do not know, an account they are not in and a user without a nudge get the same empty answer.
 */
export function nudgeDoor(deps: DoorDeps, board: NudgeBoard) {
  const tokens = rememberTokens(deps.keys);
  const answers = new WeakMap<PresentedNudge, Answer>();
  const answerWith = (nudge: PresentedNudge): Answer => {
    const known = answers.get(nudge) ?? toAnswer([nudge]);
    answers.set(nudge, known);
    return known;
  };
  const verify = async (token: string) => userOf(await tokens.verify(token, deps.clock()));

  const answer = (req: IncomingMessage, res: ServerResponse, query: string): Promise<void> | undefined => {
    const now = deps.clock();
    const token = requireUserToken(deps, req);
    const accountId = accountIn(query);
    const userId = tokens.recall(token, now);
    const say = (nudge: PresentedNudge | undefined) =>
      send(req, res, nudge === undefined ? EMPTY : answerWith(nudge));
    // No promise where none is needed: nearly every poll is one of a known token, with nothing new.
    if (userId === undefined)
      return verify(token)
        .then((id) => board.nudgeFor(id, accountId, now))
        .then(say);
    const offered = board.nudgeFor(userId, accountId, now);
    if (offered instanceof Promise) return offered.then(say);
    say(offered);
    return undefined;
  };

  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const query = pollIn(req);
    if (query === undefined) return false;
    allowOrigin(req, res, deps.config.ALLOWED_ORIGINS);
    const fail = (error: unknown) => answerProblem(deps.log, error, req, res);
    try {
      answer(req, res, query)?.catch(fail);
    } catch (error) {
      fail(error);
    }
    return true;
  };
}

/** The query of a poll, '' without one; undefined when the request is something else. */
function pollIn({ method, url = '' }: IncomingMessage): string | undefined {
  if ((method !== 'GET' && method !== 'HEAD') || !url.startsWith(PATH)) return undefined;
  const rest = url.charCodeAt(PATH.length) === SLASH ? url.slice(PATH.length + 1) : url.slice(PATH.length);
  return rest === '' || rest.startsWith('?') ? rest.slice(1) : undefined;
}

const SLASH = 0x2f;

function accountIn(query: string): AccountId | undefined {
  if (query === '') return undefined;
  const given = new URLSearchParams(query).getAll('account_id');
  const [id] = given;
  if (id === undefined) return undefined;
  if (given.length === 1 && id !== '' && id.length <= 200) return id;
  const came = given.length === 1 ? `${id.length} characters` : `${given.length} ids`;
  throw invalidField('account_id', `expected one id of at most 200 characters, got ${came}`);
}

function toAnswer(nudges: readonly PresentedNudge[]): Answer {
  const body = JSON.stringify({ nudges, poll_after: POLL_AFTER_SECONDS });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, length: String(Buffer.byteLength(body)), etag };
}

const EMPTY = toAnswer([]);

/** A proxy that zips an answer makes its tag a weak one, and a client may name several. */
const isKnown = (given: string | undefined, etag: string): boolean =>
  given === etag || given?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) === true;

function send(req: IncomingMessage, res: ServerResponse, { body, length, etag }: Answer): void {
  if (isKnown(req.headers['if-none-match'], etag)) {
    res.writeHead(304, { ETag: etag, 'Cache-Control': 'private, no-cache' }).end();
    return;
  }
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': length,
    ETag: etag,
    'Cache-Control': 'private, no-cache',
  };
  res.writeHead(200, headers).end(req.method === 'HEAD' ? undefined : body);
}
