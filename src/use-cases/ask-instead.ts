import type { AskRow } from '../db/ask-row.ts';
import { insertAsks, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { latestEventOf } from '../db/latest-event.ts';
import { cancelMails } from '../db/mails.ts';
import { wakeOtherAccounts } from '../db/wake-accounts.ts';
import { nameOfPerson } from '../delivery/context.ts';
import type { Deps } from '../deps.ts';
import type { PersonId } from '../engine/event.ts';
import { type Answer, NPS_ANSWERED, npsScore, promoters } from '../engine/nps.ts';
import { hasLeft } from '../engine/people.ts';
import { recheck } from '../engine/recheck.ts';
import type { AccountState } from '../engine/state.ts';
import type { Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { askEvent } from './ask-events.ts';
import { askInPlace } from './ask-in-place.ts';
import { loadAccount } from './load-account.ts';
import { loadPeople } from './load-people.ts';

/** Whom an owner could ask in somebody's place: the others there whose latest score is a 9 or 10, newest first. */
export const othersToAsk = (state: AccountState, personId: PersonId) =>
  promoters(state)
    .filter((answer) => answer.personId !== personId && !hasLeft(state, answer.personId))
    .slice(0, 8);

/**
 * Puts another promoter in the place of the person a draft is about: the draft goes, and one for the other is written
 * at the next delivery, which checks it like any ask. Throws `invalid` for anybody else, and `conflict` when that person cannot be asked now.
 */
export async function askInstead(
  deps: Deps,
  tx: Sql,
  draft: AskRow,
  personId: PersonId,
  now: Instant,
): Promise<{ readonly result: AskRow; readonly events: readonly ReportedEvent[] }> {
  const view = await loadAccount(deps, tx, draft.accountId, now);
  const answer = othersToAsk(view.state, draft.personId).find((one) => one.personId === personId);
  if (answer === undefined)
    throw new Refusal('invalid', 'Choose one of the people named here. Nothing was done.');
  const people = new Map([...view.people, ...(await loadPeople(deps, tx, [personId], now))]);
  const name = nameOfPerson(people.get(personId)?.traits ?? {}) ?? 'This person';
  const statusReason = `${name} is asked instead`;
  if (draft.status === 'withdrawn' && draft.statusReason === statusReason)
    return { result: draft, events: [] };
  const other = { mark: personId, channel: 'draft', template: draft.template, personId, dueAt: now } as const;
  const ask = askInPlace(view, await withTheirReason(tx, draft, answer), other, now);
  const asks = view.asks.filter(({ id }) => id !== draft.id);
  const record = { ...ask, readiness: ask.readiness.value };
  const checked = recheck(view.catalog.catalog, { ...view, asks, people }, record, now);
  if (!checked.stands)
    throw new Refusal('conflict', `${name} cannot be asked now: ${checked.reason}. Nothing was done.`);
  const result = await moveAsk(tx, draft, ['open'], 'withdrawn', {
    statusReason,
    settledAt: now,
  });
  if (result === undefined)
    throw new Refusal('conflict', 'This draft is not open any more, so nothing was done.');
  await cancelMails(tx, draft.id, now);
  await insertAsks(tx, [ask]);
  await wakeOtherAccounts(tx, [ask]);
  const by = { by: 'cs_manager' };
  const closed = askEvent(draft, 'Ask Closed', now, { ...by, reason: 'asked_instead' });
  return { result, events: [closed, askEvent(record, 'Ask Scheduled', now, by)] };
}

/** What the person before had said or done is no reason to write to this one, who is asked for their own score. */
async function withTheirReason(tx: Sql, draft: AskRow, answer: Answer): Promise<AskRow> {
  const { accountId, opening } = draft;
  if (opening === undefined || opening.personId !== draft.personId) return draft;
  const { personId, score, answeredAt, responseId } = answer;
  const event = await latestEventOf(tx, accountId, [NPS_ANSWERED], personId);
  // Of an answer whose event is deleted by now the score is what is left.
  const { id, properties } =
    event !== undefined && npsScore(event) === score ? event : { id: responseId, properties: { score } };
  return { ...draft, opening: { id, name: NPS_ANSWERED, occurredAt: answeredAt, personId, properties } };
}
