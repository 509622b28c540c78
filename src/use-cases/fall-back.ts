import type { AskRow } from '../db/ask-row.ts';
import { findAsk, insertAsks, moveAsk, type NewAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { findDraftsToReplace } from '../db/drafts.ts';
import { cancelMails } from '../db/mails.ts';
import { wakeOtherAccounts } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import { dueOf } from '../engine/due.ts';
import { situate } from '../engine/situation.ts';
import type { Instant } from '../engine/time.ts';
import type { ReportedEvent } from '../sources/reported.ts';
import { askEvent } from './ask-events.ts';
import { askInPlace } from './ask-in-place.ts';
import { loadAccount } from './load-account.ts';
import type { LoadedView } from './load-views.ts';
import { oneByOne } from './one-by-one.ts';
import { withEvents } from './with-events.ts';

const BATCH = 100;

/** Asks through the other channel where a draft's owner has not acted in time, or had no room to be told of it. */
export async function fallBack(deps: Deps): Promise<void> {
  const drafts = await findDraftsToReplace(deps.db.pool, deps.clock(), BATCH);
  await oneByOne(deps, drafts, async (draft) => {
    if (await withEvents(deps, (tx) => replace(deps, tx, draft))) deps.wake();
  });
}

async function replace(
  deps: Deps,
  tx: Sql,
  { id, accountId }: AskRow,
): Promise<{ result: boolean; events: ReportedEvent[] }> {
  const now = deps.clock();
  const view = await loadAccount(deps, tx, accountId, now);
  // Its owner may have acted since it was found.
  const draft = await findAsk(tx, id);
  if (draft === undefined || !waitsFor(draft, now)) return { result: false, events: [] };
  const ask = fallbackOf(deps, draft, view, now);
  if (ask === undefined) {
    // Nothing can go out in its place, so it stays with its owner while it lasts.
    await moveAsk(tx, draft, [draft.status], draft.status, { fallbackAt: null });
    return { result: false, events: [] };
  }
  const withdrawn = await moveAsk(tx, draft, [draft.status], 'withdrawn', {
    statusReason:
      draft.status === 'open'
        ? 'its owner did not act in time'
        : 'its owner had too many drafts to act on it in time',
    settledAt: now,
  });
  if (withdrawn === undefined) return { result: false, events: [] };
  await cancelMails(tx, draft.id, now);
  await insertAsks(tx, [ask]);
  await wakeOtherAccounts(tx, [ask]);
  return {
    result: true,
    events: [askEvent({ ...ask, readiness: ask.readiness.value }, 'Ask Scheduled', now)],
  };
}

const waitsFor = ({ status, fallbackAt, snoozedUntil = 0 }: AskRow, now: Instant): boolean =>
  (status === 'open' || status === 'scheduled') &&
  fallbackAt !== undefined &&
  fallbackAt <= now &&
  snoozedUntil <= now;

function fallbackOf(deps: Deps, draft: AskRow, view: LoadedView, now: Instant): NewAsk | undefined {
  const { catalog } = view.catalog;
  const trigger = catalog.triggers.find(({ name }) => name === draft.trigger);
  if (draft.fallback === undefined || trigger === undefined) return undefined;
  const { channel, template } = draft.fallback;
  const person = view.people.get(draft.personId);
  if (person === undefined) return undefined;
  const due = dueOf(situate(catalog, view, now), { ...trigger, delay: 0 }, channel, person, draft.opening);
  if (!('dueAt' in due)) {
    deps.log.warn(
      { ask: draft.id, trigger: draft.trigger, reason: due.because },
      'nothing goes out in place of a draft',
    );
    return undefined;
  }
  const { personId, deadlineAt, latestAt } = draft;
  const other = { mark: channel, channel, template, personId, dueAt: due.dueAt, deadlineAt, latestAt };
  return askInPlace(view, draft, other, now);
}
