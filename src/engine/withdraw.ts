import type { AskRecord } from './account.ts';
import type { Withdrawal } from './decision.ts';
import type { PersonId } from './event.ts';
import { sooner, tell } from './finding.ts';
import { hasLeft } from './people.ts';
import { findAgain, situateAgain } from './recheck.ts';
import { type Situation, withAsk } from './situation.ts';
import type { AccountState } from './state.ts';
import type { Instant } from './time.ts';

export type Review = {
  readonly withdrawals: readonly Withdrawal[];
  /** When the second look could come out another way by time alone; Infinity: never. */
  readonly changesAt: Instant;
  readonly unknownPeople: readonly PersonId[];
};

/**
 * Looks again at the account's open cards and drafts, as things stand and with the place of a new ask taken; and at
 * whatever is on its way to somebody who has left.
 */
export function reviewOpenAsks({ catalog, view, at }: Situation, winner: AskRecord | undefined): Review {
  const withdrawals: Withdrawal[] = [];
  const unknownPeople: PersonId[] = [];
  let changesAt = Number.POSITIVE_INFINITY;
  for (const ask of view.asks) {
    if (!isLookedAt(view.state, ask, at)) continue;
    const person = view.people.get(ask.personId);
    if (!person) {
      unknownPeople.push(ask.personId);
      continue;
    }
    const situation = situateAgain(catalog, view, ask, at);
    const findings = findAgain(situation, ask, person);
    const failed = findings.find(({ passes }) => !passes);
    const isDisplaced = () =>
      winner && findAgain(withAsk(situation, winner), ask, person).some(({ passes }) => !passes);
    if (failed) withdrawals.push({ askId: ask.id, reason: tell(failed).because });
    else if (isDisplaced()) withdrawals.push({ askId: ask.id, reason: 'another ask came first' });
    changesAt = Math.min(changesAt, findings.reduce(sooner, Number.POSITIVE_INFINITY));
  }
  return { withdrawals, changesAt, unknownPeople };
}

// A card already seen cannot be taken back. An email on its way is looked at when it is due; one to somebody who has
// left holds a place for nothing until then.
function isLookedAt(state: AccountState, ask: AskRecord, at: Instant): boolean {
  const { status, channel, deliveredAt, expiresAt } = ask;
  if (deliveredAt !== undefined) return false;
  if (channel === 'email' && (ask.kind === 'thanks' || !hasLeft(state, ask.personId))) return false;
  return (status === 'open' || status === 'scheduled') && (expiresAt === undefined || expiresAt > at);
}
