import type { AskRow } from '../db/ask-row.ts';
import { findAsk, findDueAsks, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { recheck } from '../engine/recheck.ts';
import { loadAccount } from './load-account.ts';
import { openDraft } from './open-draft.ts';
import { offer } from './open-nudge.ts';
import { reconsider } from './reconsider.ts';
import { claimEmail, sendEmail } from './send-email.ts';

const BATCH = 50;

/** Starts every ask whose time has come; each is checked once more against what is known now. */
export async function deliverDueAsks(deps: Deps): Promise<void> {
  const due = await findDueAsks(deps.db.pool, 'scheduled', 'due_at', deps.clock(), BATCH);
  for (const ask of due) {
    const claimed = await inRetriedTransaction(deps.db, (tx) => start(deps, tx, ask));
    if (claimed !== undefined) await sendEmail(deps, claimed);
  }
}

async function start(deps: Deps, tx: Sql, { id, accountId }: AskRow) {
  const now = deps.clock();
  const view = await loadAccount(deps, tx, accountId, now);
  const ask = await findAsk(tx, id);
  if (ask?.status !== 'scheduled' || ask.dueAt > now) return undefined;
  const verdict = standing(deps, ask, view, now);
  if (verdict !== undefined) {
    await moveAsk(tx, ask, ['scheduled'], verdict.status, { statusReason: verdict.reason, settledAt: now });
    // The place it held is free.
    await reconsider(deps, tx, { events: [], woken: [accountId] });
    return undefined;
  }
  switch (ask.channel) {
    case 'nudge':
      await offer(deps, tx, ask, view, now);
      return undefined;
    case 'draft':
      await openDraft(deps, tx, ask, view, now);
      return undefined;
    case 'email':
      return claimEmail(deps, tx, ask, view, now);
    default:
      return ask.channel satisfies never;
  }
}

/** Why an ask that is due must not start any more. */
function standing(deps: Deps, ask: AskRow, view: Parameters<typeof recheck>[1], now: Instant) {
  if (ask.latestAt !== undefined && now > ask.latestAt) return { status: 'expired', reason: 'missed' } as const;
  const checked = recheck(deps.catalog().catalog, view, ask, now);
  return checked.stands ? undefined : ({ status: 'withdrawn', reason: checked.reason } as const);
}
