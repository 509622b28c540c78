import { holdAccount } from '../db/accounts.ts';
import { findLink, setNamed } from '../db/advocates.ts';
import { latestAskOf } from '../db/asks.ts';
import { setPersonHold } from '../db/holds.ts';
import { readPeople } from '../db/people.ts';
import { insertSuppression } from '../db/suppressions.ts';
import type { Deps } from '../deps.ts';
import type { Hold, Person } from '../engine/account.ts';
import { Refusal } from '../errors.ts';
import { settleAsk } from './accept-ask.ts';
import { addressOfPerson } from './address-of-person.ts';
import { lookAgain } from './look-again.ts';
import { withEvents } from './with-events.ts';

/** Whether the people they refer may be told who it was. */
export async function setNaming(deps: Pick<Deps, 'db'>, code: string, named: boolean): Promise<void> {
  await setNamed(deps.db.pool, code, named);
}

const REASON = 'asked not to be asked';

/**
 * "Rather not": declines what the advocate was asked last, and nothing is asked of them again: neither under the address
 * they have, nor when they come to have another.
 */
export function stopAsking(deps: Deps, code: string): Promise<void> {
  return withEvents(deps, async (tx) => {
    const link = await findLink(tx, code);
    if (link === undefined) throw new Refusal('not_found', 'This page is no longer here.');
    const now = deps.clock();
    await holdAccount(tx, link.accountId);
    const address = addressOfPerson(
      link.personId,
      (await readPeople(tx, [link.personId])).get(link.personId),
    );
    await setPersonHold(tx, link.personId, { until: FOR_GOOD, reason: REASON, by: 'advocate' });
    if (address !== undefined) {
      await insertSuppression(tx, {
        addressHash: deps.keys.hashAddress(address),
        scope: 'asks',
        reason: REASON,
        at: now,
      });
    }
    const ask = await latestAskOf(tx, link);
    const events = ask === undefined ? [] : (await settleAsk(tx, ask, 'declined', now)).events;
    await lookAgain(deps, tx, [link.personId]);
    return { result: undefined, events };
  });
}

/** As far ahead as a date can be said on the wire in four digits. */
const FOR_GOOD = Date.UTC(9999, 11, 31);

/** No more asks for them, whichever way that was said. */
export const isQuiet = ({ suppressed, hold }: Pick<Person, 'suppressed' | 'hold'>): boolean =>
  suppressed !== undefined || isTheirWord(hold);

/** Whether it is the person who asked for a hold: no colleague of ours takes that back. */
export const isTheirWord = (hold: Hold | undefined): boolean => hold?.reason === REASON;
