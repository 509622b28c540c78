import { holdAccount, readAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk, insertAsks, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { readPeople } from '../db/people.ts';
import type { Deps } from '../deps.ts';
import type { Channel } from '../engine/catalog.ts';
import type { AccountId, PersonId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { invalidField, Refusal } from '../errors.ts';
import { askEvent } from './ask-events.ts';
import { askId } from './ask-id.ts';
import { unknownAccount, unknownPerson } from './unknown.ts';
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

/** `isNew`: false where this ask was recorded before. */
export type RecordedAsk = { readonly ask: AskRow; readonly isNew: boolean };

/**
 * Records an ask that was made outside the tool ("I asked her on the phone"), so that the caps know of it. The same
 * account, person and instant again is the same ask, and may bring its outcome. Throws `not_found`, `invalid` and
 * `conflict` Refusals.
 */
export function recordAskByHand(deps: Deps, given: AskByHand): Promise<RecordedAsk> {
  const now = deps.clock();
  const at = given.at ?? now;
  if (at > now) throw invalidField('at', 'an ask by hand lies in the past, or is made now');
  return withEvents<RecordedAsk>(deps, async (tx) => {
    const { accountId, personId, channel, outcome } = given;
    if ((await readAccount(tx, accountId)) === undefined) throw unknownAccount(accountId);
    // Nor of anybody who was erased: an ask that names them would bring them back.
    if (!(await readPeople(tx, [personId])).has(personId)) throw unknownPerson(personId);
    await holdAccount(tx, accountId);
    const cycle = `${personId}@${at}`;
    const id = askId(channel, accountId, BY_HAND, cycle);
    const readiness = { at, value: 0, contributions: [], dampers: [] };
    const times = { decidedAt: at, dueAt: at, expiresAfter: 0, again: 0, priority: 50 };
    const ask = { id, accountId, personId, trigger: BY_HAND, cycle, kind: 'ask', channel } as const;
    const stored = { ...ask, ...times, template: '', status: 'scheduled', readiness, gates: [] } as const;
    const made = await insertAsks(tx, [{ ...stored, catalogHash: deps.catalog().hash }]);
    if (!made.has(id)) return answerEarlier(tx, id, outcome, now);
    const reason = given.note === undefined ? {} : { statusReason: given.note };
    const change = { deliveredAt: at, ...reason, ...(outcome === undefined ? {} : { settledAt: at }) };
    const moved = await moveAsk(tx, ask, ['scheduled'], outcome ?? 'delivered', change);
    if (moved === undefined) throw new Error(`The ask ${id} was made and is gone.`);
    return { result: { ask: moved, isNew: true }, events: eventsOf(ask, at, outcome) };
  });
}

async function answerEarlier(tx: Sql, id: string, outcome: AskByHand['outcome'], now: Instant) {
  const ask = await findAsk(tx, id);
  if (ask === undefined) throw new Error(`The ask ${id} was neither there nor made.`);
  if (outcome === undefined || ask.status === outcome) return { result: { ask, isNew: false }, events: [] };
  const settled = await moveAsk(tx, ask, ['delivered'], outcome, { settledAt: now });
  if (settled === undefined)
    throw new Refusal('conflict', `The ask ${id} is ${ask.status}; it cannot become ${outcome} any more.`);
  return { result: { ask: settled, isNew: false }, events: [answerEvent(ask, now, outcome)] };
}

function eventsOf(ask: Parameters<typeof askEvent>[0], at: Instant, outcome: AskByHand['outcome']) {
  const by = { by: 'growth_team' };
  const sent = askEvent(ask, ask.channel === 'nudge' ? 'Ask Shown' : 'Ask Sent', at, by);
  return outcome === undefined ? [sent] : [sent, answerEvent(ask, at, outcome)];
}

const answerEvent = (
  ask: Parameters<typeof askEvent>[0],
  at: Instant,
  outcome: NonNullable<AskByHand['outcome']>,
) => askEvent(ask, outcome === 'accepted' ? 'Ask Accepted' : 'Ask Declined', at, { by: 'growth_team' });
