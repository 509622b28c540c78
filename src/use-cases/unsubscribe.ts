import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { findMail, mailIdOfAsk } from '../db/mails.ts';
import { readPeople } from '../db/people.ts';
import { insertSuppression, readSuppressions, type SuppressionScope } from '../db/suppressions.ts';
import type { Deps } from '../deps.ts';
import { settleAsk } from './accept-ask.ts';
import { addressOfPerson } from './address-of-person.ts';
import { lookAgain } from './look-again.ts';
import { withEvents } from './with-events.ts';

/** How an address stands, and what one click on the mail's own button would do. */
export type UnsubscribePage = {
  readonly scope: SuppressionScope | null;
  readonly byDefault: SuppressionScope;
};

/** Reads and changes nothing. Works however old the mail is, and for people who were erased since. */
export async function readUnsubscribePage(
  deps: Pick<Deps, 'db' | 'keys'>,
  askId: string,
): Promise<UnsubscribePage> {
  const ask = await findAsk(deps.db.pool, askId);
  const hash = await hashOf(deps, deps.db.pool, ask);
  const scopes = await readSuppressions(deps.db.pool, hash === undefined ? [] : [hash]);
  return { scope: scopes.get(hash ?? '') ?? null, byDefault: scopeOf(ask) };
}

/**
 * Ends mails to the address that an ask went to, and takes it as a "no" to that ask. Without a scope it is what the
 * mail was: after an ask no more asks, after news of a referral nothing at all. Doing it again changes nothing.
 */
export function unsubscribe(deps: Deps, askId: string, wanted?: SuppressionScope): Promise<SuppressionScope> {
  return withEvents(deps, async (tx) => {
    const found = await findAsk(tx, askId);
    const scope = wanted ?? scopeOf(found);
    if (found === undefined) return { result: scope, events: [] };
    await holdAccount(tx, found.accountId);
    const hash = await hashOf(deps, tx, found);
    const now = deps.clock();
    if (hash !== undefined)
      await insertSuppression(tx, { addressHash: hash, scope, reason: 'unsubscribed', at: now });
    const ask = await findAsk(tx, askId);
    const answerable = ask?.kind === 'ask' && (ask.status === 'delivered' || ask.status === 'unknown');
    const events = answerable ? (await settleAsk(tx, ask, 'declined', now)).events : [];
    await lookAgain(deps, tx, [found.personId]);
    return { result: scope, events };
  });
}

const scopeOf = (ask: AskRow | undefined): SuppressionScope => (ask?.kind === 'thanks' ? 'all' : 'asks');

async function hashOf(
  deps: Pick<Deps, 'keys'>,
  sql: Sql,
  ask: AskRow | undefined,
): Promise<string | undefined> {
  if (ask === undefined) return undefined;
  // The address that was written to, which may have changed since; by hand none was.
  const sent = await findMail(sql, mailIdOfAsk(ask.id));
  const address =
    sent?.meantFor ??
    addressOfPerson(ask.personId, (await readPeople(sql, [ask.personId])).get(ask.personId));
  return address === undefined ? undefined : deps.keys.hashAddress(address);
}
