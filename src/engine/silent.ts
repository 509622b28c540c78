import { NO_EVIDENCE, plainFacts, type Reading } from './reading.ts';
import { own } from './record.ts';
import type { AccountState } from './state.ts';
import { DAY, type Duration, type Instant } from './time.ts';

/** Evidence once the account has had such an event and none in `(at − for, at]`. `count` is whole days of silence. */
export function readSilent(state: AccountState, signal: string, length: Duration, at: Instant): Reading {
  const latest = own(state.matched, signal)?.latest;
  if (latest === undefined || latest.at > at - length) return NO_EVIDENCE;
  return {
    strength: 1,
    datedAt: undefined,
    facts: plainFacts(Math.floor((at - latest.at) / DAY), undefined),
  };
}

/** The instant at which the silence has lasted long enough. */
export function silentFrom(state: AccountState, signal: string, length: Duration): Instant | undefined {
  const latest = own(state.matched, signal)?.latest;
  return latest === undefined ? undefined : latest.at + length;
}
