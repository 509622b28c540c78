import { SignJWT } from 'jose';
import pino from 'pino';
import { readConfig } from '../src/config.ts';
import type { Db } from '../src/db/client.ts';
import type { Mailer } from '../src/delivery/mailer.ts';
import type { Duration, Instant } from '../src/engine/time.ts';
import { HOUR } from '../src/engine/time.ts';
import { type Service, startService } from '../src/service.ts';
import { START } from './builders.ts';
import { type CatalogFiles, writeCatalog } from './catalog-folder.ts';
import { createScriptedMailer } from './scripted-mailer.ts';

/** Where people reach the house, as its mails and pages say it: behind a proxy, which `open` stands for. */
export const BASE_URL = 'https://goodturn.vendor.example';
export const IDENTITY_SECRET = 'an identity secret of the product';

const ENVIRONMENT = {
  PORT: '0',
  BASE_URL,
  MODE: 'live',
  MAIL_FROM: 'growth@vendor.example',
  PRODUCT_NAME: 'Acorn',
  WRITE_KEY: 'wk_test',
  SECRET_KEY: 'sk_test',
  PUBLISHABLE_KEY: 'pk_test',
  IDENTITY_SECRET,
};

export type HouseOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: the catalog that Goodturn comes with. */
  readonly catalog?: CatalogFiles;
  /** Absent: one that collects, or the real one where SMTP_URL is given. */
  readonly mailer?: Mailer;
  /** The hour it is to begin with; default Wednesday 2026-01-07 10:00 UTC. */
  readonly at?: Instant;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON, with nothing promised about it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes and say what they expect.
  readonly json: any;
};

export type Call = {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * The whole service on a free port over a database of its own, with a clock that only the test moves. Jobs run when
 * the test says so. An error in its log fails the test when the house is closed, unless it was expected.
 */
export async function openHouse(open: () => Promise<Db>, options: HouseOptions = {}) {
  const db = await open();
  let now = options.at ?? START;
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
  const folder = options.catalog && writeCatalog(options.catalog);
  const collecting = createScriptedMailer();
  const start = (more: Pick<HouseOptions, 'environment' | 'mailer'> = {}): Promise<Service> => {
    const environment = {
      ...ENVIRONMENT,
      ...folder?.environment,
      ...options.environment,
      ...more.environment,
    };
    const mailer = more.mailer ?? options.mailer ?? ('SMTP_URL' in environment ? undefined : collecting);
    return startService(readConfig(environment), log, {
      db,
      clock: () => now,
      scheduled: false,
      ...(mailer === undefined ? {} : { mailer }),
    });
  };
  let service: Service;
  try {
    service = await start();
  } catch (error) {
    await db.close().finally(() => folder?.remove());
    throw error;
  }
  const call = (method: string, path: string, { key, body, headers = {} }: Call = {}): Promise<Answer> =>
    answer(
      fetch(`${service.url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined || body instanceof URLSearchParams
            ? {}
            : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
      }),
    );
  return {
    db,
    folder,
    mails: collecting.messages,
    mailer: collecting,
    service: () => service,
    deps: () => service.deps,
    url: () => service.url,
    now: () => now,
    setNow: (at: Instant) => {
      now = at;
    },
    advance: (length: Duration) => {
      now += length;
    },
    runJobs: () => service.runJobs(),
    /** Lets time pass, and what is due by then happen. */
    pass: async (length: Duration) => {
      now += length;
      await service.runJobs();
    },
    call,
    /** With the secret key. */
    secret: (method: string, path: string, body?: unknown) => call(method, path, { key: 'sk_test', body }),
    /** As the product app of a signed-in user. */
    as: async (userId: string, method: string, path: string, more: Pick<Call, 'body' | 'headers'> = {}) =>
      call(method, path, {
        key: await token(userId, now),
        ...more,
        headers: { 'x-goodturn-key': 'pk_test', ...more.headers },
      }),
    /** A page of ours, by the link in a mail. Given a form it is posted. */
    open: (link: string, form?: Readonly<Record<string, string>>) =>
      call(form === undefined ? 'GET' : 'POST', link.replace(BASE_URL, ''), {
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      }),
    /** Segment messages, stamped by the clock of the house. Answers how many were refused. */
    send: async (messages: readonly object[], path = '/v1/batch'): Promise<number> => {
      const { status, headers, text } = await call('POST', path, {
        key: 'wk_test',
        body: { batch: messages },
      });
      if (status !== 200) throw new Error(`The batch was answered ${status}: ${text}`);
      return Number(headers.get('x-rejected') ?? 0);
    },
    token: (userId: string, claims: Claims = {}) => token(userId, now, claims),
    /** What the log complained of so far; asking for it says that it was expected. */
    takeErrors: () => errors.splice(0),
    /** Stops the service and starts it anew over the same database. */
    restart: async (more: Pick<HouseOptions, 'environment' | 'mailer'> = {}) => {
      await service.stop();
      service = await start(more);
    },
    /** A second process over the same database; whoever starts it stops it. */
    startAnother: start,
    /** Everything forgotten but the keys and the catalog, and the clock as at the start. */
    forget: async () => {
      await db.pool.query(FORGET);
      now = options.at ?? START;
      collecting.reset();
    },
    close: async () => {
      await service.stop();
      await db.close();
      folder?.remove();
      if (errors.length > 0) throw new Error(`The log of the house complained:\n${errors.join('')}`);
    },
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

const TABLES = [
  'event_id',
  'event',
  'account_snapshot',
  'past_membership',
  'past_alias',
  'account',
  'person',
  'alias',
  'ask',
  'decision',
  'mail',
  'advocate_link',
  'referral',
  'referral_click',
  'suppression',
  'erasure',
  'rejection',
  'outgoing',
  'pause',
  'job_slot',
  'webhook',
  'webhook_delivery',
];
const FORGET = TABLES.map((table) => `delete from ${table}`).join('; ');

type Claims = { readonly aud?: string; readonly expiresIn?: Duration; readonly secret?: string };

/** A user token as the product's own backend makes it. */
function token(
  userId: string,
  now: Instant,
  { aud = 'goodturn', expiresIn = HOUR, secret = IDENTITY_SECRET }: Claims = {},
) {
  return new SignJWT({ sub: userId, aud, exp: Math.floor((now + expiresIn) / 1000) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

async function answer(response: Promise<Response>): Promise<Answer> {
  const { status, headers, ...rest } = await response.then(async (it) => ({
    status: it.status,
    headers: it.headers,
    text: await it.text(),
  }));
  return { status, headers, text: rest.text, json: asJson(rest.text) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
