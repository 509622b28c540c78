import { errors, type JWTPayload, jwtVerify } from 'jose';
import { DAY, type Instant, MINUTE, SECOND } from '../engine/time.ts';
import type { Keys } from '../keys.ts';

const AUDIENCE = 'goodturn';

/** How far the clock of the product's backend may be ahead of ours. */
const LENIENCY = MINUTE;

/** Whom a token names, and when it runs out. */
export type VerifiedToken = { readonly userId: string; readonly until: Instant };

/**
 * Whom a user token names. The product's own backend makes it: a JWT (HS256) with `sub` the user's id, `aud`
 * `goodturn`, and `exp` at most 24 hours ahead. A fault says what is wrong with it.
 */
export async function verifyUserToken(
  keys: Pick<Keys, 'identitySecrets'>,
  token: string,
  now: Instant,
): Promise<VerifiedToken | { fault: string }> {
  if (keys.identitySecrets.length === 0)
    return { fault: 'no IDENTITY_SECRET is configured, so no user token can be checked' };
  if (token.length > 4096) return { fault: 'the user token is longer than 4096 characters' };
  let fault = 'the user token is not signed with our IDENTITY_SECRET';
  for (const secret of keys.identitySecrets) {
    try {
      const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        currentDate: new Date(now),
        clockTolerance: LENIENCY / SECOND,
        requiredClaims: ['sub', 'exp', 'aud'],
      });
      return readPayload(payload, now);
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      fault = faultOf(error);
    }
  }
  return { fault };
}

/** How many users' tokens are remembered: those of the users who polled last. */
const REMEMBERED = 20_000;

export type TokenMemory = {
  /** Whom a token names that was found good before, as long as it is. */
  readonly recall: (token: string, now: Instant) => string | undefined;
  /** Like `verifyUserToken`; a good token is remembered. */
  readonly verify: (token: string, now: Instant) => ReturnType<typeof verifyUserToken>;
};

/** The same user comes with the same token every minute, and checking its signature costs more than the answer. */
export function rememberTokens(keys: Pick<Keys, 'identitySecrets'>, most = REMEMBERED): TokenMemory {
  const known = new Map<string, { readonly userId: string; readonly until: Instant }>();
  return {
    recall: (token, now) => {
      const found = known.get(token);
      if (found === undefined) return undefined;
      known.delete(token);
      if (found.until <= now) return undefined;
      known.set(token, found); // the last to be forgotten
      return found.userId;
    },
    verify: async (token, now) => {
      const verified = await verifyUserToken(keys, token, now);
      if ('userId' in verified) {
        known.set(token, verified);
        for (const oldest of known.keys()) {
          if (known.size <= most) break;
          known.delete(oldest);
        }
      }
      return verified;
    },
  };
}

// The leniency is for a clock ahead of ours; a token that has run out has run out.
function readPayload({ sub, exp = 0 }: JWTPayload, now: Instant): VerifiedToken | { fault: string } {
  if (exp * SECOND <= now) return { fault: 'the user token has expired' };
  if (exp * SECOND > now + DAY + LENIENCY)
    return { fault: 'the user token lives longer than 24 hours; set exp nearer' };
  const isId =
    typeof sub === 'string' && sub.trim() !== '' && sub.length <= 200 && !/\0|^(anon|email):/.test(sub);
  return isId
    ? { userId: sub, until: exp * SECOND }
    : { fault: 'the user token has no sub, expected the id of the user' };
}

function faultOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the user token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const expected = error.claim === 'aud' ? `, expected "${AUDIENCE}"` : '';
    return `the user token has a wrong or missing ${error.claim}${expected}`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the user token is not signed with HS256';
  return 'the user token is no JWT that we can read';
}
