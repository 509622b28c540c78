import { readDate } from './date.ts';
import { NO_EVIDENCE, plainFacts, type Reading } from './reading.ts';
import type { AccountState } from './state.ts';
import { DAY, type Duration, type Instant } from './time.ts';
import { accountTrait } from './traits.ts';

/** Since when the account is a customer. `known`: it was told so, by `created_at`; else by its first event. */
export function tenureSince(state: AccountState): { at: Instant; known: boolean } | undefined {
  const created = readDate(accountTrait(state, 'created_at'));
  if (created !== undefined) return { at: created, known: true };
  return state.firstEventAt === undefined ? undefined : { at: state.firstEventAt, known: false };
}

/** Evidence once the account is `atLeast` that old. `count` is its age in whole days. */
export function readTenure(state: AccountState, atLeast: Duration, at: Instant): Reading {
  const since = tenureSince(state);
  if (since === undefined || at - since.at < atLeast) return NO_EVIDENCE;
  return { strength: 1, datedAt: undefined, facts: plainFacts(Math.floor((at - since.at) / DAY), undefined) };
}
