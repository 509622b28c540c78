import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { hasMail, putMail } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { type DraftNotice, draftNotice, draftReminder } from '../delivery/draft-notice.ts';
import { composeEmail } from '../delivery/email.ts';
import { renderMail } from '../delivery/render.ts';
import type { Deps } from '../deps.ts';
import { measure } from '../engine/measure.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { contextOf } from './compose-ask.ts';
import { failAsk, templateOf } from './fail-ask.ts';
import { loadAccount } from './load-account.ts';
import type { LoadedView } from './load-views.ts';

/** Puts a draft before the account's owner, with a mail that says whom to ask and why now: the one door for drafts. */
export async function openDraft(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  view: LoadedView,
  now: Instant,
): Promise<void> {
  try {
    const context = await contextOf(deps, tx, ask, view);
    const { subject, text } = renderMail(await templateOf(deps, tx, ask), context.person.locale, context);
    const content = { subject, text };
    const opened = await moveAsk(tx, ask, ['scheduled'], 'open', {
      openedAt: now,
      expiresAt: now + ask.expiresAfter,
      content,
    });
    if (opened !== undefined) await tellOwner(deps, tx, opened, view, 'draft', now);
  } catch (error) {
    await failAsk(deps, tx, ask, error, now);
  }
}

/** Drafts that nobody has acted on are mentioned once more, two days before they expire. */
const REMIND_BEFORE = 2 * DAY;

export async function remindOwners(deps: Deps, drafts: readonly AskRow[]): Promise<void> {
  const now = deps.clock();
  for (const draft of drafts) {
    await inRetriedTransaction(deps.db, async (tx) => {
      if (await hasMail(tx, mailId(draft, 'reminder'))) return;
      await tellOwner(deps, tx, draft, await loadAccount(deps, tx, draft.accountId, now), 'reminder', now);
    });
  }
}

export const reminderDueBefore = (now: Instant): Instant => now + REMIND_BEFORE;

const mailId = (ask: Pick<AskRow, 'id'>, purpose: 'draft' | 'reminder') =>
  `${purpose === 'draft' ? 'notice' : 'reminder'}_${ask.id}`;

async function tellOwner(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  view: LoadedView,
  purpose: 'draft' | 'reminder',
  now: Instant,
): Promise<void> {
  const owner = ask.ownerEmail;
  if (owner === undefined) return;
  const notice = await noticeOf(deps, tx, ask, view);
  const rendered = purpose === 'draft' ? draftNotice(notice) : draftReminder(notice);
  const to = { name: notice.context.owner.name, address: owner };
  const composed = composeEmail({ id: mailId(ask, purpose), purpose: 'owner', to, rendered }, deps.config);
  if ('fault' in composed) {
    deps.log.warn({ ask: ask.id, fault: composed.fault }, 'the owner of a draft could not be written to');
    return;
  }
  await putMail(
    tx,
    {
      id: mailId(ask, purpose),
      accountId: ask.accountId,
      askId: ask.id,
      purpose,
      status: 'due',
      meantFor: owner,
      message: composed.message,
      dueAt: now,
      ...(ask.expiresAt === undefined ? {} : { latestAt: ask.expiresAt }),
    },
    now,
  );
}

async function noticeOf(deps: Deps, tx: Sql, ask: AskRow, view: LoadedView): Promise<DraftNotice> {
  const zone = view.state.traits['timezone']?.value;
  return {
    kind: ask.kind,
    context: await contextOf(deps, tx, ask, view),
    draft: { subject: ask.content?.['subject'] ?? '', text: ask.content?.['text'] ?? '' },
    link: `${deps.config.BASE_URL}/d/${deps.keys.sign('draft', ask.id)}`,
    ...(ask.fallbackAt === undefined ? {} : { fallbackAt: ask.fallbackAt }),
    ...(ask.expiresAt === undefined ? {} : { expiresAt: ask.expiresAt }),
    zone: typeof zone === 'string' ? zone : deps.catalog().catalog.guardrails.timezone,
    datedAt: evidenceDates(deps, view, ask.decidedAt),
  };
}

/** When each signal's evidence dated from as of the decision. */
function evidenceDates(
  deps: Pick<Deps, 'catalog'>,
  { state }: LoadedView,
  at: Instant,
): Record<string, Instant> {
  const dates = deps.catalog().catalog.signals.flatMap((signal) => {
    const { datedAt } = measure(state, signal, at);
    return datedAt === undefined ? [] : [[signal.name, datedAt] as const];
  });
  return Object.fromEntries(dates);
}
