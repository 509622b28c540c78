import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { POSTHOG_LIMITS } from '../sources/posthog.ts';
import { receiveEvents } from '../use-cases/receive-events.ts';
import { type BodyRoom, createBodyRoom } from './body-room.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { ClientGone } from './http-fault.ts';
import type { Door, Exchange, IngestDeps, Receive } from './ingest-door.ts';
import { npsDoor } from './nps-door.ts';
import { postHogDoor, postHogV1Door } from './posthog-door.ts';
import {
  flagDefinitionsDoor,
  NO_FLAGS,
  quietDoor,
  remoteConfigDoor,
  remoteConfigScriptDoor,
  segmentSettingsDoor,
} from './quiet-door.ts';
import { drain } from './read-body.ts';
import { answerFailure, answerJson, failureOf, segmentDialect } from './sdk-answers.ts';
import { segmentDoor } from './segment-door.ts';

const capture = postHogDoor();
const captureBatch = postHogDoor(POSTHOG_LIMITS.batch);

/** By path without its trailing slashes. */
const DOORS: ReadonlyMap<string, Door> = new Map([
  ...segmentRoutes(),
  ['/v1/m', quietDoor({ success: true }, segmentDialect)],
  ['/v1/nps', npsDoor],
  ['/batch', captureBatch],
  ['/capture', capture],
  ['/e', capture],
  ['/i/v0/e', capture],
  ['/track', capture],
  ['/engage', capture],
  ['/i/v1/analytics/events', postHogV1Door],
  ['/s', quietDoor({ status: 1 })],
  ['/flags', quietDoor(NO_FLAGS)],
  ['/decide', quietDoor(NO_FLAGS)],
  ['/flags/definitions', flagDefinitionsDoor],
  ['/api/feature_flag/local_evaluation', flagDefinitionsDoor],
  ['/api/surveys', quietDoor({ surveys: [] })],
]);

/** Paths that name a key. */
const NAMED: readonly (readonly [RegExp, Door])[] = [
  [/^\/array\/([\w-]{1,200})\/config$/, remoteConfigDoor],
  [/^\/array\/([\w-]{1,200})\/config\.js$/, remoteConfigScriptDoor],
  [/^\/v1\/projects\/([\w-]{1,200})\/settings$/, segmentSettingsDoor],
];

function segmentRoutes(): (readonly [string, Door])[] {
  const types = ['track', 'identify', 'group', 'page', 'screen', 'alias'] as const;
  const single = types.flatMap((type) => {
    const door = segmentDoor(type);
    return [[`/v1/${type}`, door] as const, [`/v1/${type.charAt(0)}`, door] as const];
  });
  const batch = segmentDoor();
  return [...single, ['/v1/batch', batch], ['/v1/b', batch], ['/v1/import', segmentDoor(undefined, true)]];
}

/**
 * The hot routes, answered on node:http in front of Express. The handler returns true when it took the request.
 * Good messages are stored before the answer; bad ones are stored as rejections and counted in `X-Rejected`.
 */
export function ingestHandler(
  deps: IngestDeps & Pick<Deps, 'gatherer'>,
  receive: Receive = (intake) => receiveEvents(deps, intake),
) {
  const room = createBodyRoom();
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const { path, query } = splitUrl(req.url ?? '/');
    const found = findDoor(path);
    if (found === undefined) return false;
    const { door, part } = found;
    allowOrigin(req, res, deps.config.ALLOWED_ORIGINS);
    if (req.method === 'OPTIONS') answerPreflight(req, res, door.methods);
    else if (door.methods.includes(methodOf(req, door)))
      void admit(door, { deps, receive, req, res, query, part }, room, deps.gatherer);
    else refuseMethod(door, req, res);
    return true;
  };
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
}

function findDoor(path: string): { door: Door; part: string } | undefined {
  const plain = path.length > 1 && path.endsWith('/') ? path.replace(/\/+$/, '') : path;
  const door = DOORS.get(plain);
  if (door !== undefined) return { door, part: '' };
  for (const [pattern, named] of NAMED) {
    const part = pattern.exec(plain)?.[1];
    if (part !== undefined) return { door: named, part };
  }
  return undefined;
}

/** Where nothing is stored, HEAD is a GET whose body is not sent. */
const methodOf = ({ method = '' }: IncomingMessage, { stores }: Door) =>
  method === 'HEAD' && !stores ? 'GET' : method;

function refuseMethod(door: Door, req: IncomingMessage, res: ServerResponse): void {
  drain(req);
  const detail = `method: got ${req.method}, expected ${door.methods.join(' or ')}`;
  const headers = {
    Allow: [...door.methods, 'OPTIONS'].join(', '),
    'Content-Type': door.dialect.contentType,
  };
  answerJson(res, 405, door.dialect.failed(405, detail), headers);
}

/**
 * Turns a request away at once, its body unread, when too much is waiting to be stored: its client sends it again, and
 * those that were let in are answered.
 */
async function admit(
  door: Door,
  exchange: Exchange,
  room: BodyRoom,
  gatherer: Pick<Deps['gatherer'], 'isFull'>,
): Promise<void> {
  if (!door.stores) return serve(door, exchange);
  const { req, res } = exchange;
  const leave = gatherer.isFull() ? undefined : room.enter(req);
  if (leave === undefined) {
    drain(req);
    answerFailure(res, door.dialect, failureOf(new Refusal('busy', TOO_MUCH)));
    return;
  }
  await serve(door, exchange);
  leave();
}

const TOO_MUCH = 'Too much is waiting to be stored just now; send it again in a few seconds.';

/** Never rejects: whatever goes wrong becomes an answer, and what is our own fault a line in the log. */
async function serve(door: Door, exchange: Exchange): Promise<void> {
  const { deps, req, res } = exchange;
  try {
    await door.answer(exchange);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const failure = failureOf(error);
    if (failure.status === 500)
      deps.log.error({ err: error, path: req.url?.split('?')[0] }, 'could not store what came in');
    if (res.headersSent) res.destroy();
    else answerFailure(res, door.dialect, failure);
  }
}
