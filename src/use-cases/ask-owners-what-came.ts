import type { AskRow } from '../db/ask-row.ts';
import { findSentUnanswered } from '../db/drafts.ts';
import { hasMail } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { followUp } from '../delivery/follow-up.ts';
import type { Deps } from '../deps.ts';
import { workingDaysLater, zoneOf } from '../engine/calendar.ts';
import { DAY } from '../engine/time.ts';
import { contextOf } from './compose-ask.ts';
import { loadAccount } from './load-account.ts';
import { oneByOne } from './one-by-one.ts';
import { writeToOwner } from './write-to-owner.ts';

const BATCH = 100;
const WORKING_DAYS = 5;
/** What is older was sent before anybody could be asked about it. */
const TOO_OLD = 30 * DAY;

/** Asks owners, once and five working days after it was sent, what came of each ask that nobody has answered. */
export async function askOwnersWhatCame(deps: Deps): Promise<void> {
  const now = deps.clock();
  // Five working days are never less than five days.
  const sent = await findSentUnanswered(deps.db.pool, now - TOO_OLD, now - WORKING_DAYS * DAY, BATCH);
  await oneByOne(deps, sent, (ask) => askWhatCame(deps, ask));
}

function askWhatCame(deps: Deps, ask: AskRow): Promise<void> {
  return inRetriedTransaction(deps.db, async (tx) => {
    const id = `follow_up_${ask.id}`;
    const { deliveredAt, ownerEmail } = ask;
    if (deliveredAt === undefined || ownerEmail === undefined || (await hasMail(tx, id))) return;
    const now = deps.clock();
    const view = await loadAccount(deps, tx, ask.accountId, now);
    const zone = zoneOf(view.state.traits['timezone']?.value, deps.catalog().catalog.guardrails.timezone);
    if (workingDaysLater(zone, deliveredAt, WORKING_DAYS) > now) return;
    const { person, account, owner } = await contextOf(deps, tx, ask, view);
    const rendered = followUp({
      owner: owner.first_name,
      person: person.name ?? person.email ?? 'somebody',
      account: account.name ?? account.domain ?? ask.accountId,
      sentAt: deliveredAt,
      wasEmailed: ask.channel === 'email',
      link: `${deps.config.BASE_URL}/d/${deps.keys.sign('draft', ask.id)}`,
      zone,
    });
    const mail = { id, accountId: ask.accountId, askId: ask.id, purpose: 'follow_up' } as const;
    await writeToOwner(deps, tx, { ...mail, to: { name: owner.name, address: ownerEmail }, rendered }, now);
  });
}
