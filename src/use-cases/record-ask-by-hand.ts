import { holdAccount, readAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk, insertAsks, moveAsk } from '../db/asks.ts';
import type { Deps } from '../deps.ts';
import type { Channel } from '../engine/catalog.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import { askEvent } from './ask-events.ts';
import { askId } from './ask-id.ts';
import { unknownAccount } from './read-accounts.ts';
import { withEvents } from './with-events.ts';

export type AskByHand = {
  readonly accountId: AccountId;
  readonly personId: PersonId;
  readonly channel: Channel;
  /** When it was made; absent: now. Never in the future. */
  readonly at?: Instant | undefined;
  readonly outcome?: 'accepted' | 'declined' | undefined;
  readonly note?: string | undefined;
};

/** The trigger of asks that no trigger made. */
const BY_HAND = 'by_hand';

/**
 * Records an ask that was made outside the tool ("I asked her on the phone"), so that the caps know of it. The same
 * account, person and instant again is the same ask. Throws `not_found` and `invalid` Refusals.
 */
export function recordAskByHand(deps: Deps, given: AskByHand): Promise<AskRow> {
  const now = deps.clock();
  const at = given.at ?? now;
  if (at > now) {
    const message = 'an ask by hand lies in the past, or is made now';
    throw new Refusal('invalid', `at: ${message}`, [{ field: 'at', message }]);
  }
  return withEvents(deps, async (tx) => {
    const { accountId, personId, channel, outcome } = given;
    if ((await readAccount(tx, accountId)) === undefined) throw unknownAccount(accountId);
    await holdAccount(tx, accountId);
    const cycle = `${personId}@${at}`;
    const id = askId(channel, accountId, BY_HAND, cycle);
    const readiness = { at, value: 0, contributions: [], dampers: [] };
    const times = { decidedAt: at, dueAt: at, expiresAfter: 0, again: 0, priority: 50 };
    const ask = { id, accountId, personId, trigger: BY_HAND, cycle, kind: 'ask', channel } as const;
    const stored = { ...ask, ...times, template: '', status: 'scheduled', readiness, gates: [] } as const;
    const made = await insertAsks(tx, [{ ...stored, catalogHash: deps.catalog().hash }]);
    const reason = given.note === undefined ? {} : { statusReason: given.note };
    const change = { deliveredAt: at, ...reason, ...(outcome === undefined ? {} : { settledAt: at }) };
    const moved = made.has(id)
      ? await moveAsk(tx, ask, ['scheduled'], outcome ?? 'delivered', change)
      : await findAsk(tx, id);
    if (moved === undefined) throw new Error(`The ask ${id} was neither there nor made.`);
    return { result: moved, events: made.has(id) ? eventsOf(ask, at, outcome) : [] };
  });
}

function eventsOf(ask: Parameters<typeof askEvent>[0], at: Instant, outcome: AskByHand['outcome']) {
  const by = { by: 'growth_team' };
  const sent = askEvent(ask, ask.channel === 'nudge' ? 'Ask Shown' : 'Ask Sent', at, by);
  if (outcome === undefined) return [sent];
  return [sent, askEvent(ask, outcome === 'accepted' ? 'Ask Accepted' : 'Ask Declined', at, by)];
}
