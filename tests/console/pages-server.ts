import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';
import { putInForce } from '../../src/catalog/in-force.ts';
import type { Program } from '../../src/catalog/published.ts';
import { readConfig } from '../../src/config.ts';
import { pages } from '../../src/console/pages.ts';
import { insertAsks, moveAsk } from '../../src/db/asks.ts';
import type { Db } from '../../src/db/client.ts';
import type { Deps } from '../../src/deps.ts';
import type { AskStatus } from '../../src/engine/account.ts';
import type { Catalog, Channel } from '../../src/engine/catalog.ts';
import { DAY } from '../../src/engine/time.ts';
import { advocateRoutes } from '../../src/http/advocate-routes.ts';
import { problems } from '../../src/http/problem.ts';
import { referralRoutes } from '../../src/http/referral-routes.ts';
import { createKeys, hashKey } from '../../src/keys.ts';
import type { ReportedEvent } from '../../src/sources/reported.ts';
import { linkOfAdvocate } from '../../src/use-cases/link-of-advocate.ts';
import { withEvents } from '../../src/use-cases/with-events.ts';
import { aCatalog, aTrigger, day } from '../builders.ts';

export const IDENTITY_SECRET = 'an identity secret of the product';

const PROGRAM: Program = {
  ideal_customer: {
    role: 'head of support',
    size: 'a company of 50 to 500',
    pain: 'tickets that come twice',
  },
  intro: 'We use {{product.name}} at {{or account.name "work"}}. {{link.referral}}',
  assets: [{ label: 'Two pages', url: 'https://vendor.example/two-pages.pdf' }],
  next_steps: null,
  booking_url: null,
  terms_url: 'javascript:alert(1)',
  offer: { default: 'A month on us.' },
};

type Options = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly catalog?: Partial<Catalog>;
  readonly program?: Partial<Program>;
};

/** The pages and the referral routes on a free port, over a real database, with a clock that is set by hand. */
export async function startPages(db: Db, { environment = {}, catalog = {}, program = {} }: Options = {}) {
  let now = day(0);
  const inForce = putInForce({
    version: 1,
    hash: 'test',
    catalog: aCatalog({ triggers: [aTrigger({ on: ['Never'] })], ...catalog }),
    program: { ...PROGRAM, ...program },
    templates: new Map(),
  });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const deps: Deps = {
    config: readConfig({ PRODUCT_NAME: 'Acorn', BASE_URL: url, ...environment }),
    db,
    catalog: () => inForce,
    catalogOf: async () => inForce,
    catalogOfSignals: async () => inForce,
    mailer: { send: () => Promise.resolve({ status: 'kept' }) },
    clock: () => now,
    log: pino({ level: 'silent' }),
    keys: createKeys(
      new Map([
        [hashKey('sk_test'), 'secret'],
        [hashKey('pk_test'), 'publishable'],
        [hashKey('wk_test'), 'write'],
      ]),
      'a master secret',
      [IDENTITY_SECRET],
    ),
    gatherer: {
      add: () => Promise.reject(new Error('not used here')),
      drain: () => Promise.resolve(),
      isFull: () => false,
    },
    refreshCatalog: () => Promise.resolve(false),
    wake: () => {},
  };
  const app = express();
  app.set('query parser', 'simple');
  app.use('/v1', express.json());
  app.use('/v1', referralRoutes(deps), advocateRoutes(deps));
  app.use(pages(deps), problems(deps.log));
  server.on('request', app);
  return {
    deps,
    url,
    setNow: (at: number) => {
      now = at;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const portOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' ? address?.port : undefined;

export type House = Awaited<ReturnType<typeof startPages>>;

let made = 0;

export function aReport(overrides: Partial<ReportedEvent>): ReportedEvent {
  made += 1;
  return {
    id: `test:${made}`,
    source: 'segment',
    name: 'Workflow Completed',
    occurredAt: day(-1),
    receivedAt: day(-1),
    properties: {},
    imported: false,
    trust: 'server',
    flags: [],
    ...overrides,
  };
}

/** Somebody in an account, as two events say it. */
export async function join(
  { deps }: Pick<House, 'deps'>,
  person: {
    userId: string;
    account: string;
    traits?: Record<string, string>;
    accountTraits?: Record<string, string>;
  },
): Promise<void> {
  const { userId, account: ownAccountId, traits = {}, accountTraits = {} } = person;
  await withEvents(deps, async () => ({
    result: undefined,
    events: [
      aReport({ name: 'Account Updated', userId, ownAccountId, properties: accountTraits }),
      aReport({ name: 'Person Updated', userId, properties: traits }),
    ],
  }));
}

/** Ada at customer.example, with her link. */
export async function ada(house: Pick<House, 'deps'>, name = 'Ada Grace') {
  await join(house, {
    userId: 'ada',
    account: 'acme',
    traits: { email: 'ada@customer.example', name, title: 'Head of Support' },
    accountTraits: { name: 'Customer Inc', domain: 'customer.example' },
  });
  const { deps } = house;
  const { code } = await linkOfAdvocate(deps.db.pool, {
    accountId: 'acme',
    personId: 'ada',
    at: deps.clock(),
  });
  return { code, page: `/a/${deps.keys.sign('advocate', code)}`, landing: `/r/${code}` };
}

/** An ask to Ada in some state. */
export async function anAskOf(
  { deps }: Pick<House, 'deps'>,
  {
    channel,
    status,
    kind = 'ask',
    subject = 'A favour',
    text = 'Hi Ada,\nwould you?',
  }: {
    channel: Channel;
    status: AskStatus;
    kind?: 'ask' | 'thanks';
    subject?: string;
    text?: string;
  },
): Promise<string> {
  made += 1;
  const id = `${channel}_${made}`;
  const at = deps.clock();
  await insertAsks(deps.db.pool, [
    {
      id,
      accountId: 'acme',
      personId: 'ada',
      trigger: 'promoter-email',
      cycle: `c${made}`,
      kind,
      channel,
      template: 'promoter-email',
      ownerEmail: 'sam@vendor.example',
      status: 'scheduled',
      decidedAt: at,
      dueAt: at,
      expiresAfter: 14 * DAY,
      again: 90 * DAY,
      priority: 50,
      gates: [],
      catalogHash: 'test',
      readiness: {
        at,
        value: 70,
        dampers: [],
        contributions: [{ signal: 'promoter', points: 70, says: 'Ada gave a 10' }],
      },
      opening: {
        id: 'test:0',
        occurredAt: at,
        name: 'NPS Answered',
        personId: 'ada',
        properties: { score: 10, comment: 'Great <b>tool</b>' },
      },
    },
  ]);
  const delivered = status === 'open' || status === 'scheduled' ? {} : { deliveredAt: at };
  await moveAsk(deps.db.pool, { accountId: 'acme', id }, ['scheduled'], status, {
    content: { subject, text },
    openedAt: at,
    expiresAt: at + 14 * DAY,
    ...delivered,
  });
  return id;
}

/** How many rows each table has, and a fingerprint of what is in them. */
export async function snapshot({ pool }: Pick<Db, 'pool'>): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const state: Record<string, string> = {};
  for (const { name } of rows) {
    const result = await pool.query<{ state: string }>(
      `select count(*) || ':' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as state from "${name}" t`,
    );
    state[name] = result.rows[0]?.state ?? '';
  }
  return state;
}

export const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
