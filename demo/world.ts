import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Analytics } from '@segment/analytics-node';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { PostHog } from 'posthog-node';
import { readConfig } from '../src/config.ts';
import type { Instant } from '../src/engine/time.ts';
import { HOUR, SECOND } from '../src/engine/time.ts';
import { startService } from '../src/service.ts';
import { startMailbox } from './mailbox.ts';
import type { Letter } from './screen.ts';

export const KEYS = { write: 'wk_demo', publishable: 'pk_demo', secret: 'sk_demo' } as const;
const IDENTITY_SECRET = 'the demo shares this with its product';

export type World = Awaited<ReturnType<typeof startWorld>>;

/**
 * The service on a scratch data folder with a clock that the story moves, a scratch SMTP server, and the clients of
 * the made-up product. The clients say "now" by the real clock; the service corrects for a clock that differs
 * from its own, so that what they report happens at the story's hour.
 */
export async function startWorld(start: Instant) {
  const folder = mkdtempSync(join(tmpdir(), 'goodturn-demo-'));
  const letters: Letter[] = [];
  let onLetter = (_letter: Letter): void => {};
  const mailbox = await startMailbox((letter) => {
    letters.push(letter);
    onLetter(letter);
  });
  let clock = (): Instant => start;
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const config = readConfig({ ...environment(folder, mailbox.url), PORT: String(await freePort()) });
  const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
  const service = await startService(config, log, { clock: () => clock(), scheduled: false });
  const url = service.url;
  const segment = new Analytics({ writeKey: KEYS.write, host: url, flushInterval: 60_000 });
  const posthog = new PostHog(KEYS.write, { host: url, flushInterval: 0, flushAt: 1000 });

  const call = async (method: string, path: string, { key = KEYS.secret, headers = {}, body }: Call = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    // biome-ignore lint/suspicious/noExplicitAny: the story reads answers of many shapes, and shows what it finds.
    return (text === '' ? {} : JSON.parse(text)) as any;
  };

  return {
    url,
    segment,
    posthog,
    /** What arrived at the scratch SMTP server, in order. */
    letters,
    call,
    now: () => clock(),
    /** Makes it another hour, and lets what is due by then happen. */
    goTo: async (at: Instant) => {
      clock = () => at;
      await service.runJobs();
    },
    /** What the clients hold goes out, and what follows from it happens. */
    deliver: async () => {
      await segment.flush();
      await posthog.flush();
      await service.runJobs();
    },
    /** As the product app in the browser of a signed-in user: the token is what its own backend makes. */
    asUser: async (userId: string, method: string, path: string, body?: unknown) => {
      const key = await userToken(userId, clock());
      return call(method, path, { key, headers: { 'x-goodturn-key': KEYS.publishable }, body });
    },
    /** Submits the form of a page, as a browser does. */
    submit: async (link: string, fields: Readonly<Record<string, string>>) => {
      const response = await fetch(link, { method: 'POST', body: new URLSearchParams(fields) });
      if (!response.ok) throw new Error(`The form at ${link} was answered ${response.status}.`);
    },
    /** From here on time runs as it does everywhere else, and mail is told of as it comes. */
    run: (tell: (letter: Letter) => void) => {
      const ahead = clock() - Date.now();
      clock = () => Date.now() + ahead;
      onLetter = tell;
      timer = setInterval(() => {
        turn = turn.then(() => service.runJobs());
      }, 2 * SECOND);
    },
    stop: async () => {
      clearInterval(timer);
      await turn;
      await Promise.all([segment.closeAndFlush({ timeout: 1000 }), posthog.shutdown(1000)]);
      await service.stop();
      await mailbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Call = {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

const folderOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

const environment = (folder: string, smtpUrl: string) => ({
  DATA_DIR: folder,
  TRIGGERS_DIR: folderOf('triggers'),
  TEMPLATES_DIR: folderOf('templates'),
  SMTP_URL: smtpUrl,
  MODE: 'live',
  MAIL_FROM: 'growth@acorn.example',
  PRODUCT_NAME: 'Acorn',
  WRITE_KEY: KEYS.write,
  PUBLISHABLE_KEY: KEYS.publishable,
  SECRET_KEY: KEYS.secret,
  IDENTITY_SECRET,
});

function userToken(userId: string, now: Instant): Promise<string> {
  return new SignJWT({ sub: userId, aud: 'goodturn', exp: Math.floor((now + HOUR) / SECOND) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(IDENTITY_SECRET));
}

/** The usual port, or PORT; where that is taken, any other. */
async function freePort(): Promise<number> {
  const wanted = Number(process.env['PORT'] ?? 4400);
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
