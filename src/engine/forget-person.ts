import type { PersonId } from './event.ts';
import { marksOf } from './replay/rename-person.ts';
import type { AccountState } from './state.ts';

/** Takes a person out of a state whose events are gone. What was counted stays counted, as nobody's. */
export function forgetPerson(state: AccountState, person: PersonId): void {
  delete state.people[person];
  delete state.answers[person];
  for (const mark of marksOf(state)) {
    if (mark.personId !== person) continue;
    delete mark.personId;
    delete mark.said;
  }
  for (const referral of Object.values(state.referrals))
    if (referral.personId === person) delete referral.personId;
}
