import type { Request, RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { Refusal } from '../errors.ts';
import { type KeyKind, prefixOf } from '../keys.ts';
import { jsonBody } from './json-body.ts';
import { verifyUserToken } from './user-token.ts';

/** Lets requests pass that carry one of our keys of this kind as `Authorization: Bearer …`. */
export function requireKey(deps: Pick<Deps, 'keys'>, kind: KeyKind): RequestHandler {
  return (req, _res, next) => {
    const key = bearerOf(req);
    if (key === undefined)
      throw new Refusal(
        'unauthorized',
        `Send your ${kind} key as "Authorization: Bearer ${prefixOf(kind)}…".`,
      );
    const found = deps.keys.kindOf(key);
    if (found === undefined)
      throw new Refusal(
        'unauthorized',
        `This is none of our keys; a ${kind} key (${prefixOf(kind)}…) is needed.`,
      );
    if (found !== kind) throw otherKind(found, kind);
    next();
  };
}

/** The secret key first, and then the body, read as JSON. */
export function secretWithBody(deps: Pick<Deps, 'keys'>, limit?: string): RequestHandler {
  const key = requireKey(deps, 'secret');
  const body = jsonBody(limit);
  return (req, res, next) => key(req, res, () => body(req, res, next));
}

const otherKind = (found: KeyKind, needed: KeyKind) =>
  new Refusal('forbidden', `This is a ${found} key; a ${needed} key (${prefixOf(needed)}…) is needed.`);

/** What `Authorization: Bearer` carries, if anything. */
export function bearerOf(req: Pick<Request, 'headers'>): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(req.headers.authorization ?? '')?.[1];
}

/**
 * The user that a product app asks for: the publishable key in `X-Goodturn-Key`, the user's token in
 * `Authorization: Bearer`. Throws `unauthorized` Refusals.
 */
export async function requireUser(
  deps: Pick<Deps, 'keys' | 'clock'>,
  req: Pick<Request, 'headers'>,
): Promise<string> {
  const token = requireUserToken(deps, req);
  return userOf(await verifyUserToken(deps.keys, token, deps.clock()));
}

/** The token alone, not yet verified. */
export function requireUserToken(deps: Pick<Deps, 'keys'>, req: Pick<Request, 'headers'>): string {
  const key = req.headers['x-goodturn-key'];
  const kind = typeof key === 'string' ? deps.keys.kindOf(key) : undefined;
  if (kind === undefined)
    throw new Refusal('unauthorized', 'Send your publishable key (pk_…) in the X-Goodturn-Key header.');
  if (kind !== 'publishable') throw otherKind(kind, 'publishable');
  const token = bearerOf(req);
  if (token === undefined)
    throw new Refusal(
      'unauthorized',
      'Send the user token, a JWT made by your backend, as "Authorization: Bearer …".',
    );
  return token;
}

/** Whom a token names, or the refusal that says what is wrong with it. */
export function userOf(verified: Awaited<ReturnType<typeof verifyUserToken>>): string {
  if ('fault' in verified) throw new Refusal('unauthorized', `Refused: ${verified.fault}.`);
  return verified.userId;
}
