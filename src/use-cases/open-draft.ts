import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { findDraftsToRemind } from '../db/drafts.ts';
import { hasMail } from '../db/mails.ts';
import { inRetriedTransaction } from '../db/retry.ts';
import { insertDeliveries } from '../db/webhook-deliveries.ts';
import { type DraftNotice, draftNotice, draftReminder } from '../delivery/draft-notice.ts';
import { renderMail } from '../delivery/render.ts';
import { slackMessage } from '../delivery/slack.ts';
import { toldByOpening } from '../delivery/told-by-opening.ts';
import type { Deps } from '../deps.ts';
import { measure } from '../engine/measure.ts';
import { defined } from '../engine/record.ts';
import { DAY, type Instant } from '../engine/time.ts';
import { contextOf } from './compose-ask.ts';
import { failAsk, templateOf } from './fail-ask.ts';
import { goesInstead } from './goes-instead.ts';
import { loadAccount } from './load-account.ts';
import type { LoadedView } from './load-views.ts';
import { oneByOne } from './one-by-one.ts';
import { entryOf, onDuty } from './owner-on-duty.ts';
import { deliveryId } from './put-webhooks.ts';
import { writeToOwner } from './write-to-owner.ts';

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
      ...(ask.ownerEmail === undefined ? {} : { ownerEmail: onDuty(deps, ask.ownerEmail, now) }),
    });
    if (opened !== undefined)
      await tellOwner(deps, tx, opened, view, { id: `notice_${opened.id}`, purpose: 'draft' }, now);
  } catch (error) {
    await failAsk(deps, tx, ask, error, now);
  }
}

const REMIND_BEFORE = 2 * DAY;
const BATCH = 100;

/** Mentions drafts that nobody has acted on once more: when they were put aside until now, and two days before they expire. */
export async function remindOwners(deps: Deps): Promise<void> {
  const now = deps.clock();
  const drafts = await findDraftsToRemind(deps.db.pool, REMIND_BEFORE, now, BATCH);
  await oneByOne(deps, drafts, (draft) =>
    inRetriedTransaction(deps.db, async (tx) => {
      const id = await reminderIdOf(tx, draft);
      if (id === undefined) return;
      const view = await loadAccount(deps, tx, draft.accountId, now);
      await tellOwner(deps, tx, draft, view, { id, purpose: 'reminder' }, now);
    }),
  );
}

/** Of the reminder that is still to be written: one for each time it was put aside, and one before it expires. */
async function reminderIdOf(tx: Sql, { id, snoozedUntil }: AskRow): Promise<string | undefined> {
  const beforeItExpires = `reminder_${id}`;
  const ids = [
    ...(snoozedUntil === undefined ? [] : [`${beforeItExpires}_${snoozedUntil}`]),
    beforeItExpires,
  ];
  for (const mailId of ids) if (!(await hasMail(tx, mailId))) return mailId;
  return undefined;
}

async function tellOwner(
  deps: Deps,
  tx: Sql,
  ask: AskRow,
  view: LoadedView,
  { id, purpose }: { readonly id: string; readonly purpose: 'draft' | 'reminder' },
  now: Instant,
): Promise<void> {
  const owner = ask.ownerEmail;
  if (owner === undefined) return;
  const notice = await noticeOf(deps, tx, ask, view);
  const rendered = purpose === 'draft' ? draftNotice(notice) : draftReminder(notice);
  const mail = { id, accountId: ask.accountId, askId: ask.id, purpose };
  const to = { name: notice.context.owner.name, address: owner };
  const latest = ask.expiresAt === undefined ? {} : { latestAt: ask.expiresAt };
  await writeToOwner(deps, tx, { ...mail, to, rendered, ...latest }, now);
  const slack = entryOf(deps, owner)?.slack;
  // In rehearsal everything goes to one address, and that is none in Slack.
  if (slack === undefined || deps.config.MODE === 'rehearsal') return;
  const body = slackMessage(rendered.subject, notice.link);
  await insertDeliveries(tx, [{ id: deliveryId(slack, mail.id), url: slack, body }], now);
}

async function noticeOf(deps: Deps, tx: Sql, ask: AskRow, view: LoadedView): Promise<DraftNotice> {
  const zone = view.state.traits['timezone']?.value;
  const context = await contextOf(deps, tx, ask, view);
  const { catalog } = await deps.catalogOf(tx, ask.catalogHash);
  const told = toldByOpening(catalog.signals, ask.opening?.name);
  const person = view.people.get(ask.personId) ?? { traits: {} };
  const instead = goesInstead(view.catalog.catalog, ask, view.state, person);
  return {
    kind: ask.kind,
    context: { ...context, signals: context.signals.filter(({ name }) => !told.has(name)) },
    draft: { subject: ask.content?.['subject'] ?? '', text: ask.content?.['text'] ?? '' },
    link: `${deps.config.BASE_URL}/d/${deps.keys.sign('draft', ask.id)}`,
    ...defined({ instead, expiresAt: ask.expiresAt }),
    zone: typeof zone === 'string' ? zone : deps.catalog().catalog.guardrails.timezone,
    datedAt: evidenceDates(view, ask.decidedAt),
  };
}

/** When each signal's evidence dated from as of the decision. */
function evidenceDates({ state, catalog }: LoadedView, at: Instant): Record<string, Instant> {
  const dates = catalog.catalog.signals.flatMap((signal) => {
    const { datedAt } = measure(state, signal, at);
    return datedAt === undefined ? [] : [[signal.name, datedAt] as const];
  });
  return Object.fromEntries(dates);
}
