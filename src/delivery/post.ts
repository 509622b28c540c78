import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { SECOND } from '../engine/time.ts';
import { oneLine } from './address.ts';

export type PostOptions = {
  /** Also to addresses that only this network knows. */
  readonly allowPrivate: boolean;
  /** For the whole exchange, in milliseconds. */
  readonly patience?: number;
};

/** What became of a POST. `gone`: the receiver wants no more (410). */
export type Posted =
  | { readonly status: 'sent'; readonly answer: string }
  | { readonly status: 'failed'; readonly gone: boolean; readonly answer: string };

const PATIENCE = 30 * SECOND;
const MOST_READ = 64 * 1024;

/**
 * Posts JSON to a URL that somebody else chose. Redirects are not followed, the name is resolved once and what it
 * resolves to is what is connected to, and at most 64 KB of the answer are read. Never rejects.
 */
export function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { allowPrivate, patience = PATIENCE }: PostOptions,
): Promise<Posted> {
  return new Promise((resolve) => {
    const fail = (answer: string, gone = false) =>
      resolve({ status: 'failed', gone, answer: oneLine(answer).slice(0, 300) });
    const target = new URL(url);
    const inside = allowPrivate ? undefined : hostInside(url);
    if (inside !== undefined) return fail(`${inside} is a private address`);
    const request = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Goodturn',
        ...headers,
      },
      signal: AbortSignal.timeout(patience),
      lookup: allowPrivate ? lookup : publicOnly,
      agent: false,
    });
    request.on('error', (error) =>
      fail(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? `no answer within ${patience / SECOND} s`
          : error.message,
      ),
    );
    request.once('response', (response) =>
      readAnswer(
        response,
        ({ statusCode, answer }) => {
          if (statusCode >= 200 && statusCode < 300) resolve({ status: 'sent', answer });
          else fail(answer, statusCode === 410);
        },
        fail,
      ),
    );
    request.end(body);
  });
}

type Answer = { readonly statusCode: number; readonly answer: string };

/** The status and the beginning of what was said with it; the rest is not waited for. */
function readAnswer(
  response: IncomingMessage,
  done: (answer: Answer) => void,
  fail: (reason: string) => void,
): void {
  const { statusCode = 0 } = response;
  let [text, read] = ['', 0];
  const finish = () => {
    done({ statusCode, answer: `${statusCode} ${oneLine(text).slice(0, 200)}`.trim() });
    response.destroy();
  };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    read += chunk.length;
    if (text.length < 1000) text += chunk;
    if (read > MOST_READ) finish();
  });
  response.once('end', finish).on('error', (error) => fail(error.message));
}

/** Resolves like the system does, and refuses what is nobody's public address: so a name cannot lead inside. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    const found = Array.isArray(address) ? address : [{ address, family }];
    const inside = error === null ? found.find((one) => isPrivate(one.address)) : undefined;
    if (inside === undefined) return callback(error, address, family);
    callback(new Error(`${hostname} leads to ${inside.address}, a private address`), '', 0);
  });
};

const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 96], // nowhere, this machine, and the oldest way to write an IPv4 address
  ['64:ff9b::', 96], // what translates to IPv4 addresses, whichever
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['100::', 64],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

/** The host of a URL that names this machine or a private address; what other names lead to shows when they are resolved. */
export function hostInside(url: string): string | undefined {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (isIP(host) !== 0 && isPrivate(host)) ? host : undefined;
}

/** Whether an address is reached from inside only: loopback, link-local, private, shared, multicast; also as `::ffff:…`. */
export const isPrivate = (address: string): boolean =>
  PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
