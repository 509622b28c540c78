import { createServer, type Server } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { pages } from './console/pages.ts';
import type { Deps } from './deps.ts';
import { SECOND } from './engine/time.ts';
import { Refusal } from './errors.ts';
import { accountRoutes } from './http/account-routes.ts';
import { advocateRoutes } from './http/advocate-routes.ts';
import { backtestRoutes } from './http/backtest-routes.ts';
import { bounceRoutes } from './http/bounce-routes.ts';
import { draftApiRoutes } from './http/draft-api-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { ingestHandler } from './http/ingest-routes.ts';
import { inKnownEncoding } from './http/known-encoding.ts';
import { nudgeDoor } from './http/nudge-door.ts';
import { nudgeRoutes } from './http/nudge-routes.ts';
import { operatorRoutes } from './http/operator-routes.ts';
import { personRoutes } from './http/person-routes.ts';
import { notFound, problems } from './http/problem.ts';
import { recordRoutes } from './http/record-routes.ts';
import { referralRoutes } from './http/referral-routes.ts';
import { sdkRoutes } from './http/sdk-routes.ts';
import { shortlistRoutes } from './http/shortlist-routes.ts';
import { templateRoutes } from './http/template-routes.ts';
import { webhookRoutes } from './http/webhook-routes.ts';
import type { NudgeBoard } from './use-cases/nudge-board.ts';

/** The Express app, without a port: everything but the doors of the SDKs, which are answered in front of it. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(withoutNul);
  app.use(healthRoutes(deps));
  app.use('/sdk', sdkRoutes());
  app.use('/v1', forTheAsker, inKnownEncoding);
  app.use('/v1/nudges', nudgeRoutes(deps));
  app.use('/v1/accounts', accountRoutes(deps));
  app.use(
    '/v1',
    referralRoutes(deps),
    advocateRoutes(deps),
    recordRoutes(deps),
    draftApiRoutes(deps),
    operatorRoutes(deps),
    personRoutes(deps),
    templateRoutes(deps),
    shortlistRoutes(deps),
    backtestRoutes(deps),
    webhookRoutes(deps),
  );
  app.use(bounceRoutes(deps));
  app.use(pages(deps));
  app.use(notFound);
  app.use(problems(deps.log));
  return app;
}

/** No text in the database holds a NUL; looking for one is an error of the statement and not an empty answer. */
const withoutNul: RequestHandler = (req, _res, next) => {
  if (req.url.includes('%00')) throw new Refusal('invalid', 'The address holds a NUL character (%00).');
  next();
};

/** What is told for a key or a token is nobody else's: no cache keeps it. */
const forTheAsker: RequestHandler = (_req, res, next) => {
  res.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  next();
};

/** How late a connection may be found to have overstayed; Node itself would look every 30 s only. */
const CHECK_EVERY = 2 * SECOND;

/** The server, not yet listening. Polls and event streams go past Express, which costs more than answering them. */
export function createHttpServer(deps: Deps, board: NudgeBoard): Server {
  const app = createApp(deps);
  const poll = nudgeDoor(deps, board);
  const ingest = ingestHandler(deps);
  const server = createServer({ connectionsCheckingInterval: CHECK_EVERY }, (req, res) => {
    if (!poll(req, res) && !ingest(req, res)) app(req, res);
  });
  server.headersTimeout = 10 * SECOND;
  server.requestTimeout = 30 * SECOND;
  return server;
}
