import { SignJWT } from 'jose';

export const POLL_KEYS = {
  PUBLISHABLE_KEY: 'pk_bench',
  IDENTITY_SECRET: 'an identity secret of the bench',
} as const;

/** How many users poll; each comes with the same token again and again, as an open browser does. */
const USERS = 1000;

export type Poller = { readonly headers: Readonly<Record<string, string>> };

export function pollers(): Promise<Poller[]> {
  const secret = new TextEncoder().encode(POLL_KEYS.IDENTITY_SECRET);
  return Promise.all(
    Array.from({ length: USERS }, async (_, n) => {
      const token = await new SignJWT({ sub: `user-${n % 500}-${n % 10}`, aud: 'goodturn' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('12h')
        .sign(secret);
      return {
        headers: { Authorization: `Bearer ${token}`, 'X-Goodturn-Key': POLL_KEYS.PUBLISHABLE_KEY },
      };
    }),
  );
}
