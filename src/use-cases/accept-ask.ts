import type { AskRow } from '../db/ask-row.ts';
import { findAsk, latestAskOf, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { invalidField, type Refusal } from '../errors.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { askEvent } from './ask-events.ts';

export type AcceptedAsk = { readonly askId?: string; readonly events: readonly ReportedEvent[] };

/**
 * Settles the ask that a referral answers as accepted: the one named, else the latest that reached the advocate, else
 * one that is open. Without any, the referral came unasked, which is fine. Throws `invalid` for an ask of nobody there.
 */
export async function acceptAsk(
  tx: Sql,
  advocate: { readonly accountId: AccountId; readonly personId: PersonId },
  askId: string | undefined,
  now: Instant,
): Promise<AcceptedAsk> {
  const named = askId === undefined ? undefined : await findAsk(tx, askId);
  const isTheirs = named?.personId === advocate.personId;
  if (askId !== undefined && !isTheirs && named?.accountId !== advocate.accountId) throw notTheirs(askId);
  const ask = isTheirs ? named : await latestAskOf(tx, advocate);
  if (ask === undefined || ask.kind === 'thanks') return { events: [] };
  return settleAsk(tx, ask, 'accepted', now);
}

function notTheirs(askId: string): Refusal {
  return invalidField('ask_id', `got "${askId.slice(0, 100)}", expected the id of an ask to this advocate`);
}

/** Accepted or declined, of an ask that has reached its person or is on their screen. */
export async function settleAsk(
  tx: Sql,
  ask: AskRow,
  outcome: 'accepted' | 'declined',
  now: Instant,
): Promise<AcceptedAsk> {
  const moved = await moveAsk(tx, ask, ['open', 'delivered', 'unknown'], outcome, {
    settledAt: now,
    // An answer to an open nudge says that it was seen.
    ...(ask.deliveredAt === undefined && ask.channel === 'nudge' ? { deliveredAt: now } : {}),
  });
  if (moved === undefined) return { events: [] };
  const seen = ask.status === 'open' && ask.channel === 'nudge' ? [askEvent(ask, 'Ask Shown', now)] : [];
  const answered = askEvent(ask, outcome === 'accepted' ? 'Ask Accepted' : 'Ask Declined', now);
  return { askId: ask.id, events: [...seen, answered] };
}
