import type { IncomingMessage } from 'node:http';
import type { Instant } from '../engine/time.ts';
import type { Keys } from '../keys.ts';
import { isFields } from '../sources/json.ts';
import { messagesOf } from '../sources/segment.ts';
import { type Sender, tokenOf } from '../sources/trust.ts';
import { HttpFault } from './http-fault.ts';
import { bearerOf } from './require-key.ts';
import { verifyUserToken } from './user-token.ts';

/** One request is one visitor or one server; more tokens than this are somebody trying them out. */
const MAX_TOKENS = 20;

export type Offer = {
  /** Keys from where the SDK puts them in the body. */
  readonly candidates: readonly unknown[];
  /** What a key of ours of another kind is answered: the SDKs know 401 alone. */
  readonly otherKind?: 401 | 403;
};

/**
 * Who sent this, by the key and the user token that came with it. Throws 401 when no key is ours, or when the
 * request's own token is bad; a bad token inside an event makes only that event public.
 */
export async function senderOf(
  keys: Keys,
  req: IncomingMessage,
  body: unknown,
  { candidates, otherKind = 401 }: Offer,
  now: Instant,
): Promise<Sender> {
  const bearer = bearerOf(req);
  const offered = [req.headers['x-goodturn-key'], basicUser(req), bearer, ...candidates].filter(isText);
  const kinds = offered.map((key) => keys.kindOf(key));
  if (kinds.includes('write')) return { trust: 'server' };
  if (!kinds.includes('publishable'))
    throw new HttpFault(kinds.includes('secret') ? otherKind : 401, whyNot(offered, kinds));
  const tokens = messagesOf(body).flatMap((message) =>
    isFields(message) ? (tokenOf(message, isFields(body) ? body : {}) ?? []) : [],
  );
  const users = await usersOf(keys, [...new Set(tokens)].slice(0, MAX_TOKENS), now);
  const userOf = (token: string) => users.get(token);
  if (bearer === undefined || keys.kindOf(bearer) !== undefined) return { trust: 'public', userOf };
  const verified = await verifyUserToken(keys, bearer, now);
  if ('fault' in verified) throw new HttpFault(401, `Authorization: ${verified.fault}`);
  return { trust: 'user', userId: verified.userId, userOf };
}

async function usersOf(
  keys: Keys,
  tokens: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, string>> {
  const users = new Map<string, string>();
  for (const token of tokens) {
    const verified = await verifyUserToken(keys, token, now);
    if ('userId' in verified) users.set(token, verified.userId);
  }
  return users;
}

function whyNot(offered: readonly string[], kinds: readonly (string | undefined)[]): string {
  if (offered.length === 0) return 'key: got none, expected the write key (wk_…)';
  if (kinds.includes('secret')) return 'key: got a secret key (sk_…), expected the write key (wk_…)';
  if (offered.some((key) => key.startsWith('phx_')))
    return 'key: got a personal PostHog key (phx_…), expected the write key (wk_…)';
  return 'key: not one of ours, expected the write key (wk_…)';
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

// Segment's clients send the key as the user of Basic auth with an empty password, some without the colon.
function basicUser(req: IncomingMessage): string | undefined {
  const encoded = /^basic\s+(\S+)\s*$/i.exec(req.headers.authorization ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8').split(':')[0];
}
