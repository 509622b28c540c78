import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { readConfig } from '../../src/config.ts';
import { ingestHandler } from '../../src/http/ingest-routes.ts';
import { createKeys, hashKey, type KeyKind } from '../../src/keys.ts';
import type { Intake, Rejection, ReportedEvent } from '../../src/sources/reported.ts';

export const IDENTITY_SECRET = 'an identity secret of the product';

const KEYS = new Map<string, KeyKind>([
  [hashKey('wk_test'), 'write'],
  [hashKey('abc123'), 'write'],
  [hashKey('phc_test_key'), 'write'],
  [hashKey('pk_test'), 'publishable'],
  [hashKey('sk_test'), 'secret'],
]);

type Options = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly now?: number;
  /** Thrown in place of storing, as long as it gives something. */
  readonly failing?: () => unknown;
  /** How long storing takes. */
  readonly storing?: () => Promise<void>;
};

/** The ingest routes on a free port, in front of a store that only remembers what it was given. */
export async function startIngest({ environment = {}, now, failing, storing }: Options = {}) {
  const intakes: Intake[] = [];
  const logged: string[] = [];
  const requests: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
  const deps = {
    config: readConfig(environment),
    clock: () => now ?? Date.now(),
    log,
    keys: createKeys(KEYS, 'a master secret', [IDENTITY_SECRET]),
    gatherer: {
      add: () => Promise.reject(new Error('the tests store by themselves')),
      drain: () => Promise.resolve(),
      isFull: () => false,
    },
  };
  const handle = ingestHandler(deps, async (intake) => {
    const failure = failing?.();
    if (failure !== undefined) throw failure;
    await storing?.();
    intakes.push(intake);
    return { accepted: intake.events.length, duplicates: 0, rejected: intake.rejections.length };
  });
  const server = createServer((req, res) => {
    requests.push(`${req.method} ${req.url}`);
    if (!handle(req, res)) res.writeHead(404).end('not an ingest route');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url,
    requests,
    logged,
    events: (): ReportedEvent[] => intakes.flatMap(({ events }) => events),
    rejections: (): Rejection[] => intakes.flatMap(({ rejections }) => rejections),
    forget: () => intakes.splice(0),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type IngestServer = Awaited<ReturnType<typeof startIngest>>;

const portOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' && address !== null ? address.port : 0;

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
};

/** Sends exactly these bytes and headers, as fetch would not. */
export function sendRaw(
  url: string,
  {
    method = 'POST',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: Buffer | string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    req.on('error', reject);
    // An answer that comes before all was sent leaves a socket that may yet be reset.
    req.on('socket', (socket) => socket.on('error', () => {}));
    req.end(body);
  });
}

/** Posts JSON with the write key as Basic auth, as Segment's clients do. */
export function postSegment(url: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const authorization = `Basic ${Buffer.from('wk_test:').toString('base64')}`;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return sendRaw(`${url}${path}`, {
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: text,
  });
}
