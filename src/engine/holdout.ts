import type { AccountId } from './event.ts';
import { sha256 } from './sha256.ts';

/**
 * Whether an account belongs to the comparison group of a trigger that holds out `share` (0–1) of accounts.
 * By a stable hash, so it nests: whoever is held out at 10 % is held out at 20 %.
 */
export function isHeldOut(accountId: AccountId, share: number): boolean {
  return share > 0 && holdoutPoint(accountId) < share;
}

/** Where an account lies in [0, 1): the first four bytes of SHA-256("holdout:" + id), over 2³². */
export function holdoutPoint(accountId: AccountId): number {
  return (sha256(`holdout:${accountId}`)[0] ?? 0) / 2 ** 32;
}
