import { rememberLatest } from '../people.ts';
import { memoryOf } from './known-people.ts';
import type { Account, Person, Reported, World } from './world.ts';

/**
 * Nearly all events only say that somebody did something, which is evidence of nothing: it moves them past nobody who
 * has more evidence, or less. False when it is anything else; then nothing was done.
 */
export function passIdly(world: World, account: Account, person: Person, reported: Reported): boolean {
  const { state, champions } = account;
  if (!world.effectsOf(reported.name).isIdle || account.log !== undefined) return false;
  const memory = memoryOf(state, person);
  if (
    memory === undefined ||
    memory.latest.left ||
    !(reported.occurredAt >= (state.firstEventAt ?? Number.NaN))
  )
    return false;
  for (const champion of champions ?? []) {
    if (champion === undefined || champion === person) continue;
    const theirs = memoryOf(state, champion);
    if (theirs === undefined || theirs.own === memory.own) return false;
  }
  rememberLatest(memory, reported);
  return true;
}
