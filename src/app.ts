import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import { pages } from './console/pages.ts';
import type { Deps } from './deps.ts';
import { accountRoutes } from './http/account-routes.ts';
import { advocateRoutes } from './http/advocate-routes.ts';
import { backtestRoutes } from './http/backtest-routes.ts';
import { draftApiRoutes } from './http/draft-api-routes.ts';
import { healthRoutes } from './http/health-routes.ts';
import { ingestHandler } from './http/ingest-routes.ts';
import { nudgeRoutes } from './http/nudge-routes.ts';
import { operatorRoutes } from './http/operator-routes.ts';
import { notFound, problems } from './http/problem.ts';
import { recordRoutes } from './http/record-routes.ts';
import { referralRoutes } from './http/referral-routes.ts';

/** The Express app, without a port: everything but the doors of the SDKs, which are answered in front of it. */
export function createApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(healthRoutes(deps));
  app.use('/v1', express.json({ limit: '100kb' }));
  app.use('/v1/nudges', nudgeRoutes(deps));
  app.use('/v1/accounts', accountRoutes(deps));
  app.use(
    '/v1',
    referralRoutes(deps),
    advocateRoutes(deps),
    recordRoutes(deps),
    draftApiRoutes(deps),
    operatorRoutes(deps),
    backtestRoutes(deps),
  );
  app.use(pages(deps));
  app.use(notFound);
  app.use(problems(deps.log));
  return app;
}

/** The server, not yet listening. Event streams go past Express, which costs more than storing them. */
export function createHttpServer(deps: Deps): Server {
  const app = createApp(deps);
  const ingest = ingestHandler(deps);
  const server = createServer((req, res) => {
    if (!ingest(req, res)) app(req, res);
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  return server;
}
