import { randomBytes } from 'node:crypto';
import { type AdvocateLink, makeLink } from '../db/advocates.ts';
import type { Sql } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';

/** The one link of a person at an account, made when it is first needed. Its code says nothing about anyone. */
export function linkOfAdvocate(
  tx: Sql,
  advocate: { readonly accountId: AccountId; readonly personId: PersonId; readonly at: Instant },
): Promise<AdvocateLink> {
  return makeLink(tx, { ...advocate, code: randomCode(12) });
}

/** Where an advocate manages their introductions, and what they forward to a peer. */
export function linkUrls({ config, keys }: Pick<Deps, 'config' | 'keys'>, code: string) {
  return {
    advocate: `${config.BASE_URL}/a/${keys.sign('advocate', code)}`,
    referral: `${config.BASE_URL}/r/${code}`,
  };
}

// Without letters and digits that people mix up when they read a code aloud.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomCode(length: number): string {
  // 248 is the largest multiple of 31 in a byte: bytes from there on would make the first letters likelier.
  const fair: number[] = [];
  while (fair.length < length) fair.push(...randomBytes(length * 2).filter((byte) => byte < 248));
  return fair
    .slice(0, length)
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join('');
}
