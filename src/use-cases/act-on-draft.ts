import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { oneLine } from '../delivery/address.ts';
import type { Deps } from '../deps.ts';
import type { PersonId } from '../engine/event.ts';
import { DAY, type Duration, type Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { settleAsk } from './accept-ask.ts';
import { askEvent } from './ask-events.ts';
import { askInstead } from './ask-instead.ts';
import { extendHold } from './extend-hold.ts';
import { draftOf, findDraft, fingerprint, ownerMark } from './read-draft-page.ts';
import { reconsider } from './reconsider.ts';
import { isSnoozeAgain } from './snooze-again.ts';
import { withEvents } from './with-events.ts';

export const DISMISSALS = ['already_asked', 'bad_time', 'wrong_person', 'not_mine', 'other'] as const;
export type Dismissal = (typeof DISMISSALS)[number];

type Words = {
  readonly subject: string;
  readonly text: string;
  /** Of the words that were on the screen; see DraftPage. */
  readonly seen: string;
};

export type DraftAction =
  | ({ readonly kind: 'save' } & Words)
  | ({ readonly kind: 'sent' } & Words)
  | { readonly kind: 'snooze'; readonly for: Duration }
  | {
      readonly kind: 'dismiss';
      readonly reason: Dismissal;
      /** Whose draft it was on the page; see DraftPage. */
      readonly owner?: string | undefined;
    }
  /** Nobody in the account is asked until then. */
  | { readonly kind: 'hold'; readonly until: Instant; readonly reason: string }
  | { readonly kind: 'instead'; readonly personId: PersonId }
  /** What they said to it, once it was sent; `ignored`: nothing. */
  | { readonly kind: 'answered'; readonly outcome: 'accepted' | 'declined' | 'ignored' };

type Done = { readonly result: AskRow; readonly events: readonly ReportedEvent[] };

/**
 * What an owner does with a draft. The ask and its event are one transaction, and the same again changes nothing.
 * Throws `not_found`, and `conflict` when the draft has moved on or its words are others than the owner saw.
 */
export async function actOnDraft(deps: Deps, askId: string, action: DraftAction): Promise<AskRow> {
  const acted = await withEvents(deps, async (tx) => {
    await holdAccount(tx, (await findDraft(tx, askId)).accountId);
    const ask = await findDraft(tx, askId);
    switch (action.kind) {
      case 'save':
        return save(tx, ask, action);
      case 'sent':
        return send(tx, ask, action, deps.clock());
      case 'snooze':
        return snooze(tx, ask, action.for, deps.clock());
      case 'dismiss':
        return dismiss(deps, tx, ask, action, deps.clock());
      case 'hold':
        return hold(deps, tx, ask, action, deps.clock());
      case 'instead':
        return askInstead(deps, tx, ask, action.personId, deps.clock());
      case 'answered':
        return answer(tx, ask, action.outcome, deps.clock());
      default:
        return action satisfies never;
    }
  });
  // A new owner, or a new draft, is seen to at the next delivery.
  if (acted.status === 'scheduled' || action.kind === 'instead') deps.wake();
  return acted;
}

async function save(tx: Sql, ask: AskRow, words: Words): Promise<Done> {
  if (ask.status !== 'open') orGone(ask, undefined);
  const content = wordsToKeep(ask, words);
  // Whoever works on the words has acted: no other words go out in their name.
  const change = { content, fallbackAt: null };
  return { result: orGone(ask, await moveAsk(tx, ask, ['open'], 'open', change)), events: [] };
}

async function send(tx: Sql, ask: AskRow, words: Words, now: Instant): Promise<Done> {
  if (ask.deliveredAt !== undefined && ask.status !== 'withdrawn') return { result: ask, events: [] };
  if (ask.status !== 'open') orGone(ask, undefined);
  const content = wordsToKeep(ask, words);
  const change = {
    content,
    deliveredAt: now,
    expiresAt: now + ask.expiresAfter,
    late: ask.deadlineAt !== undefined && now > ask.deadlineAt,
  };
  const result = orGone(ask, await moveAsk(tx, ask, ['open'], 'delivered', change));
  return { result, events: [askEvent(ask, 'Ask Sent', now, { by: 'cs_manager' })] };
}

async function snooze(tx: Sql, ask: AskRow, length: Duration, now: Instant): Promise<Done> {
  const until = now + Math.min(length, 30 * DAY);
  if (ask.status === 'open' && isSnoozeAgain(ask, until, now)) return { result: ask, events: [] };
  const change = { snoozedUntil: until, expiresAt: Math.max(ask.expiresAt ?? 0, until + DAY) };
  const result = orGone(ask, await moveAsk(tx, ask, ['open'], 'open', change));
  return { result, events: [askEvent(ask, 'Ask Snoozed', now, { by: 'cs_manager', until })] };
}

async function dismiss(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  { reason, owner }: { readonly reason: Dismissal; readonly owner?: string | undefined },
  now: Instant,
): Promise<Done> {
  const statusReason = `dismissed: ${reason}`;
  if (ask.statusReason === statusReason) return { result: ask, events: [] };
  // Pressed twice: it is somebody else's by now, who has not said that.
  if (reason === 'not_mine' && owner !== undefined && owner !== ownerMark(ask))
    return { result: ask, events: [] };
  const other = deps.config.DEFAULT_OWNER_EMAIL;
  if (reason === 'not_mine' && other !== undefined && other !== ask.ownerEmail) {
    // Scheduled again, so that the delivery tells its new owner.
    const result = orGone(
      ask,
      await moveAsk(tx, ask, ['open'], 'scheduled', { ownerEmail: other, dueAt: now }),
    );
    return { result, events: [] };
  }
  const change = {
    statusReason,
    settledAt: now,
    ...(reason === 'already_asked' ? { deliveredAt: now } : {}),
  };
  const result = orGone(ask, await moveAsk(tx, ask, ['open'], 'withdrawn', change));
  await holdBack(tx, ask, reason, now);
  return { result, events: [askEvent(ask, 'Ask Closed', now, { by: 'cs_manager', reason })] };
}

/** Without a hold the next evaluation would bring the same draft again. */
async function holdBack(tx: Sql, ask: AskRow, reason: Dismissal, now: Instant): Promise<void> {
  const by = ask.ownerEmail ?? 'owner';
  switch (reason) {
    case 'already_asked':
      return; // It counts as an ask, and the pause after one applies.
    case 'bad_time':
      return extendHold(tx, 'account', ask.accountId, {
        until: now + 30 * DAY,
        reason: 'said to be a bad time',
        by,
      });
    case 'wrong_person':
      return extendHold(tx, 'person', ask.personId, {
        until: now + 180 * DAY,
        reason: 'said to be the wrong person',
        by,
      });
    case 'not_mine':
    case 'other':
      return extendHold(tx, 'account', ask.accountId, {
        until: now + 14 * DAY,
        reason: 'a draft was dismissed',
        by,
      });
    default:
      return reason satisfies never;
  }
}

async function hold(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  { until, reason }: { readonly until: Instant; readonly reason: string },
  now: Instant,
): Promise<Done> {
  if (until <= now || until > now + LONGEST_HOLD)
    throw new Refusal('invalid', 'Choose a day from tomorrow on, within two years. Nothing was done.');
  const why = oneLine(reason).slice(0, 200) || 'held by its owner';
  await extendHold(tx, 'account', ask.accountId, { until, reason: why, by: ask.ownerEmail ?? 'owner' });
  // Which takes back this draft, and whatever else is open there.
  await reconsider(deps, tx, { events: [], woken: [ask.accountId] });
  return { result: await findDraft(tx, ask.id), events: [] };
}

const LONGEST_HOLD = 731 * DAY;

async function answer(
  tx: Sql,
  ask: AskRow,
  outcome: 'accepted' | 'declined' | 'ignored',
  now: Instant,
): Promise<Done> {
  if (ask.status === outcome) return { result: ask, events: [] };
  if (ask.status === 'accepted' || ask.status === 'declined' || ask.status === 'ignored')
    throw new Refusal('conflict', 'Another answer was noted already, so nothing was done.');
  if (ask.status !== 'delivered') orGone(ask, undefined);
  if (outcome === 'ignored') {
    const result = orGone(ask, await moveAsk(tx, ask, ['delivered'], 'ignored', { settledAt: now }));
    return { result, events: [askEvent(ask, 'Ask Ignored', now, { by: 'cs_manager' })] };
  }
  const { events } = await settleAsk(tx, ask, outcome, now);
  return { result: await findDraft(tx, ask.id), events };
}

function wordsToKeep(ask: AskRow, { subject, text, seen }: Words) {
  const plain = text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '');
  const words = { subject: oneLine(subject).slice(0, 200), text: plain.slice(0, 20_000) };
  const stands = fingerprint(draftOf(ask));
  // Pressed twice, the second time finds the very words.
  if (seen !== stands && fingerprint(words) !== stands) {
    throw new Refusal(
      'conflict',
      'These words were changed since you opened the page. Nothing was done; here is how they stand now.',
    );
  }
  if (text.trim() === '') throw new Refusal('invalid', 'The draft is empty. Nothing was done.');
  return { ...ask.content, ...words };
}

const SENT: readonly AskRow['status'][] = ['delivered', 'accepted', 'declined', 'ignored'];

function orGone(ask: AskRow, moved: AskRow | undefined): AskRow {
  if (moved) return moved;
  throw new Refusal(
    'conflict',
    `This draft ${SENT.includes(ask.status) ? 'was sent' : `is ${ask.status.replaceAll('_', ' ')}`} already, so nothing was done.`,
  );
}
