import type { AccountState } from './state.ts';

/**
 * A state of signals as they were, for signals as they are: what a signal remembers goes with it only where it is still
 * folded from the same events in the same way, as the marks say. All else is kept.
 */
export function carryOver(
  state: AccountState,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): AccountState {
  const keep = <T>(memory: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(memory).filter(
        ([signal]) => now[signal] !== undefined && before[signal] === now[signal],
      ),
    );
  return {
    ...state,
    matched: keep(state.matched),
    milestones: keep(state.milestones),
    frequencies: keep(state.frequencies),
  };
}
