import { holdAccount } from '../db/accounts.ts';
import type { AskRow } from '../db/ask-row.ts';
import { findAsk, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import type { Deps } from '../deps.ts';
import type { AskStatus } from '../engine/account.ts';
import type { PersonId } from '../engine/event.ts';
import { DAY, type Duration, formatDuration, type Instant } from '../engine/time.ts';
import { Refusal } from '../errors.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { askEvent } from './ask-events.ts';
import { isSnoozeAgain } from './snooze-again.ts';
import { withEvents } from './with-events.ts';

export type Outcome = 'shown' | 'accepted' | 'declined' | 'closed' | 'snoozed';

export type OutcomeReport = {
  readonly askId: string;
  readonly outcome: Outcome;
  /** Who says so: kept with the event. */
  readonly by: 'product_app' | 'cs_manager' | 'growth_team' | 'advocate';
  /** When given, the ask has to be theirs; anybody else's looks as if it were not there. */
  readonly personId?: PersonId;
  /** How long a snooze lasts; default 7 days, at most 90. */
  readonly for?: Duration;
};

/**
 * Records what a person did with an ask. The same outcome again changes nothing; a different one after a final one is
 * refused as a conflict. Answering an open nudge implies that it was shown. Throws `not_found` and `conflict` Refusals.
 */
export function recordOutcome(deps: Deps, report: OutcomeReport): Promise<AskRow> {
  return withEvents(deps, async (tx) => {
    const ask = await findOwnAsk(tx, report);
    const { result, events } = await moveByOutcome(tx, ask, report, deps.clock());
    return { result, events };
  });
}

async function findOwnAsk(tx: Sql, { askId, personId }: OutcomeReport): Promise<AskRow> {
  const found = await findAsk(tx, askId);
  const isTheirs = personId === undefined || (found?.personId === personId && found.channel === 'nudge');
  if (found === undefined || !isTheirs) {
    throw new Refusal('not_found', `There is no ask "${askId.slice(0, 100)}".`);
  }
  await holdAccount(tx, found.accountId);
  return (await findAsk(tx, askId)) ?? found;
}

type Move = { readonly result: AskRow; readonly events: readonly ReportedEvent[] };

async function moveByOutcome(tx: Sql, ask: AskRow, report: OutcomeReport, now: Instant): Promise<Move> {
  if (isDone(ask, report, now)) return { result: ask, events: [] };
  const seen = await ensureShown(tx, ask, now);
  const more = { by: report.by };
  switch (report.outcome) {
    case 'shown':
      return seen;
    case 'accepted':
    case 'declined': {
      // An email that may have arrived has, if somebody answers it.
      const moved = await moveAsk(tx, ask, ['delivered', 'unknown'], report.outcome, { settledAt: now });
      const name = report.outcome === 'accepted' ? 'Ask Accepted' : 'Ask Declined';
      return settle(ask, report, moved, [...seen.events, askEvent(ask, name, now, more)]);
    }
    case 'closed': {
      const change = { settledAt: now, closedAt: now, statusReason: 'closed' };
      const moved = await moveAsk(tx, ask, ['delivered'], 'ignored', change);
      return settle(ask, report, moved, [...seen.events, askEvent(ask, 'Ask Closed', now, more)]);
    }
    case 'snoozed': {
      const until = now + snoozeLength(report.for);
      const moved = await moveAsk(tx, ask, ['delivered'], 'delivered', {
        snoozedUntil: until,
        expiresAt: until + ask.expiresAfter,
      });
      return settle(ask, report, moved, [
        ...seen.events,
        askEvent(ask, 'Ask Snoozed', now, { ...more, until }),
      ]);
    }
    default:
      return report.outcome satisfies never;
  }
}

/** Whether the ask is already where this outcome would bring it. */
function isDone(ask: AskRow, report: OutcomeReport, now: Instant): boolean {
  switch (report.outcome) {
    case 'shown':
      return ask.deliveredAt !== undefined;
    case 'closed':
      return ask.closedAt !== undefined;
    case 'snoozed':
      return isSnoozeAgain(ask, now + snoozeLength(report.for), now);
    default:
      return ask.status === report.outcome;
  }
}

// An impression that was made is recorded even if the nudge was taken back meanwhile: the person has seen it.
const SHOWABLE: readonly AskStatus[] = ['open', 'withdrawn', 'expired'];

async function ensureShown(tx: Sql, ask: AskRow, now: Instant): Promise<Move> {
  if (ask.channel !== 'nudge' || ask.deliveredAt !== undefined) return { result: ask, events: [] };
  const late = ask.deadlineAt !== undefined && now > ask.deadlineAt;
  const moved = await moveAsk(tx, ask, SHOWABLE, 'delivered', { deliveredAt: now, late });
  return { result: moved ?? ask, events: moved === undefined ? [] : [askEvent(ask, 'Ask Shown', now)] };
}

function settle(
  ask: AskRow,
  report: OutcomeReport,
  moved: AskRow | undefined,
  events: readonly ReportedEvent[],
): Move {
  if (moved !== undefined) return { result: moved, events };
  const when = BEFORE_DELIVERY.has(ask.status) ? 'yet' : 'any more';
  throw new Refusal(
    'conflict',
    `The ask ${ask.id} is ${ask.status.replaceAll('_', ' ')}; it cannot become ${report.outcome} ${when}.`,
  );
}

const BEFORE_DELIVERY: ReadonlySet<string> = new Set(['scheduled', 'open', 'sending']);

const LONGEST_SNOOZE = 90 * DAY;

function snoozeLength(length: Duration = 7 * DAY): Duration {
  if (length > 0 && length <= LONGEST_SNOOZE) return length;
  throw new Refusal(
    'invalid',
    `A snooze lasts up to ${formatDuration(LONGEST_SNOOZE)}, got ${formatDuration(length)}.`,
    [{ field: 'for', message: `expected a length like 7d, at most ${formatDuration(LONGEST_SNOOZE)}` }],
  );
}
