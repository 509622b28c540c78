import { errors, type JWTPayload, jwtVerify } from 'jose';
import { DAY, type Instant, MINUTE, SECOND } from '../engine/time.ts';
import type { Keys } from '../keys.ts';

const AUDIENCE = 'goodturn';

/** How far the clock of the product's backend may be ahead of ours. */
const LENIENCY = MINUTE;

/**
 * Whom a user token names. The product's own backend makes it: a JWT (HS256) with `sub` the user's id, `aud`
 * `goodturn`, and `exp` at most 24 hours ahead. A fault says what is wrong with it.
 */
export async function verifyUserToken(
  keys: Pick<Keys, 'identitySecrets'>,
  token: string,
  now: Instant,
): Promise<{ userId: string } | { fault: string }> {
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

// The leniency is for a clock ahead of ours; a token that has run out has run out.
function readPayload({ sub, exp = 0 }: JWTPayload, now: Instant): { userId: string } | { fault: string } {
  if (exp * SECOND <= now) return { fault: 'the user token has expired' };
  if (exp * SECOND > now + DAY + LENIENCY)
    return { fault: 'the user token lives longer than 24 hours; set exp nearer' };
  const isId =
    typeof sub === 'string' && sub.trim() !== '' && sub.length <= 200 && !/\0|^(anon|email):/.test(sub);
  return isId ? { userId: sub } : { fault: 'the user token has no sub, expected the id of the user' };
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
