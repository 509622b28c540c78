import type { AskRow } from '../db/ask-row.ts';
import { countDraftsByOwner, countEmailsSince, findAsk, findDueByChannel, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import { recheck } from '../engine/recheck.ts';
import type { Instant } from '../engine/time.ts';
import { loadAccount } from './load-account.ts';
import { oneByOne } from './one-by-one.ts';
import { openDraft } from './open-draft.ts';
import { offer } from './open-nudge.ts';
import { reconsider } from './reconsider.ts';
import { claimEmail, sendEmail } from './send-email.ts';

const BATCH = 50;
/** Drafts wait for room with their owner, so that more are looked at than can be started. */
const DRAFTS = 500;

/** Starts every ask whose time has come and for which there is room; each is checked once more against what is known now. */
export async function deliverDueAsks(deps: Deps): Promise<void> {
  const nudges = await findDueByChannel(deps.db.pool, 'nudge', deps.clock(), BATCH);
  await oneByOne(deps, nudges, (nudge) => begin(deps, nudge));
  await deliverDrafts(deps);
  await deliverEmails(deps);
}

/** The readiest first, as many as their owner has room for; the rest waits, inside its own time. */
async function deliverDrafts(deps: Deps): Promise<void> {
  const now = deps.clock();
  const due = await findDueByChannel(deps.db.pool, 'draft', now, DRAFTS);
  if (due.length === 0) return;
  const { drafts, open } = deps.catalog().catalog.guardrails.perOwner;
  const counts = await countDraftsByOwner(deps.db.pool, now - drafts.within);
  await oneByOne(deps, due, async (draft) => {
    const count = counts.get(draft.ownerEmail ?? '') ?? { recent: 0, open: 0 };
    const hasRoom = count.recent < drafts.count && count.open < open;
    if (draft.kind === 'ask' && !hasRoom) return;
    await begin(deps, draft);
    if (draft.kind === 'ask')
      counts.set(draft.ownerEmail ?? '', { recent: count.recent + 1, open: count.open + 1 });
  });
}

/** By priority and age, as many as the workspace's rate allows. */
async function deliverEmails(deps: Deps): Promise<void> {
  const now = deps.clock();
  const { count, within } = deps.catalog().catalog.guardrails.workspace.emails;
  const due = await findDueByChannel(deps.db.pool, 'email', now, BATCH);
  if (due.length === 0) return;
  const room = count - (await countEmailsSince(deps.db.pool, now - within));
  await oneByOne(deps, due.slice(0, Math.max(0, room)), (email) => begin(deps, email));
}

async function begin(deps: Deps, ask: AskRow): Promise<void> {
  const claimed = await inRetriedTransaction(deps.db, (tx) => start(deps, tx, ask));
  if (claimed !== undefined) await sendEmail(deps, claimed);
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
  if (ask.latestAt !== undefined && now > ask.latestAt)
    return { status: 'expired', reason: 'missed' } as const;
  const checked = recheck(deps.catalog().catalog, view, ask, now);
  return checked.stands ? undefined : ({ status: 'withdrawn', reason: checked.reason } as const);
}
