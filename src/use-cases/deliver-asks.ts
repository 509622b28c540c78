import type { AskRow } from '../db/ask-row.ts';
import { countEmailsSince, findAsk, findDueByChannel, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { countDraftsByOwner, findDueDrafts } from '../db/drafts.ts';
import { readDomainTraffic } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { domainOf } from '../delivery/address.ts';
import { createDomainThrottle, type DomainThrottle, THROTTLE_WINDOW } from '../delivery/domain-throttle.ts';
import type { Deps } from '../deps.ts';
import { recheck } from '../engine/recheck.ts';
import type { Instant } from '../engine/time.ts';
import { loadAccount } from './load-account.ts';
import type { LoadedView } from './load-views.ts';
import { oneByOne } from './one-by-one.ts';
import { openDraft } from './open-draft.ts';
import { offer } from './open-nudge.ts';
import { onDuty } from './owner-on-duty.ts';
import { reconsider } from './reconsider.ts';
import { claimEmail, sendEmail } from './send-email.ts';

const BATCH = 50;
/** Drafts wait for room with their owner, so that more are looked at than can be started. */
const DRAFTS = 2_000;

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
  const { drafts, open } = deps.catalog().catalog.guardrails.perOwner;
  const due = await findDueDrafts(deps.db.pool, now, open, DRAFTS);
  if (due.length === 0) return;
  const counts = await countDraftsByOwner(deps.db.pool, now - drafts.within);
  await oneByOne(deps, due, async (draft) => {
    const owner = draft.ownerEmail === undefined ? '' : onDuty(deps, draft.ownerEmail, now);
    const count = counts.get(owner) ?? { recent: 0, open: 0 };
    const hasRoom = count.recent < drafts.count && count.open < open;
    if (draft.kind === 'ask' && !hasRoom) return;
    await begin(deps, draft);
    if (draft.kind === 'ask') counts.set(owner, { recent: count.recent + 1, open: count.open + 1 });
  });
}

/** By priority and age, as many as the workspace's rate allows. */
async function deliverEmails(deps: Deps): Promise<void> {
  const now = deps.clock();
  const { count, within } = deps.catalog().catalog.guardrails.workspace.emails;
  const due = await findDueByChannel(deps.db.pool, 'email', now, BATCH);
  if (due.length === 0) return;
  const room = count - (await countEmailsSince(deps.db.pool, now - within));
  const throttle = createDomainThrottle(await readDomainTraffic(deps.db.pool, now - THROTTLE_WINDOW));
  await oneByOne(deps, due.slice(0, Math.max(0, room)), (email) => begin(deps, email, throttle));
}

async function begin(deps: Deps, ask: AskRow, throttle?: DomainThrottle): Promise<void> {
  const claimed = await inRetriedTransaction(deps.db, (tx) => start(deps, tx, ask, throttle));
  if (claimed === undefined) return;
  const result = await sendEmail(deps, claimed);
  if (result.status === 'failed' && result.retry) throttle?.defer(domainOf(claimed.address), deps.clock());
}

async function start(deps: Deps, tx: Sql, { id, accountId }: AskRow, throttle?: DomainThrottle) {
  const now = deps.clock();
  const view = await loadAccount(deps, tx, accountId, now);
  const ask = await findAsk(tx, id);
  if (ask?.status !== 'scheduled' || ask.dueAt > now) return undefined;
  const verdict = standing(ask, view, now);
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
      if (await putOff(tx, ask, view, now, throttle)) return undefined;
      return claimEmail(deps, tx, ask, view, now);
    default:
      return ask.channel satisfies never;
  }
}

/** Whether an email had better wait for its receivers' sake; never past the time it is wanted for. */
async function putOff(
  tx: Sql,
  ask: AskRow,
  { people }: LoadedView,
  now: Instant,
  throttle: DomainThrottle | undefined,
): Promise<boolean> {
  const email = people.get(ask.personId)?.traits['email'];
  if (typeof email !== 'string') return false;
  const until = throttle?.waitUntil(domainOf(email), now);
  if (until === undefined) return false;
  const dueAt = Math.min(until, ask.latestAt ?? until);
  await moveAsk(tx, ask, ['scheduled'], 'scheduled', { dueAt });
  return true;
}

/** Why an ask that is due must not start any more. */
function standing(ask: AskRow, view: LoadedView, now: Instant) {
  if (ask.latestAt !== undefined && now > ask.latestAt)
    return { status: 'expired', reason: 'missed' } as const;
  const checked = recheck(view.catalog.catalog, view, ask, now);
  return checked.stands ? undefined : ({ status: 'withdrawn', reason: checked.reason } as const);
}
