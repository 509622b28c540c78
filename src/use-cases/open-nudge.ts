import type { AskRow } from '../db/ask-row.ts';
import { findAsk, moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { renderNudge } from '../delivery/render.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';
import { contextOf } from './compose-ask.ts';
import { failAsk, templateOf } from './fail-ask.ts';
import { loadAccount } from './load-account.ts';
import type { LoadedView } from './load-views.ts';

/** Offers a nudge that is due: the one door by which a nudge comes to be shown. */
export async function openNudge(deps: Deps, tx: Sql, askId: string, now: Instant): Promise<void> {
  const ask = await findAsk(tx, askId);
  if (ask !== undefined) await offer(deps, tx, ask, await loadAccount(deps, tx, ask.accountId, now), now);
}

/** The same with the account loaded already. */
export async function offer(deps: Deps, tx: Sql, ask: AskRow, view: LoadedView, now: Instant): Promise<void> {
  const context = await contextOf(deps, tx, ask, view);
  try {
    const { title, body, action } = renderNudge(
      await templateOf(deps, tx, ask),
      context.person.locale,
      context,
    );
    const content = { title, body, action_label: action.label, action_url: action.url };
    await moveAsk(tx, ask, ['scheduled'], 'open', {
      openedAt: now,
      expiresAt: now + ask.expiresAfter,
      content,
    });
  } catch (error) {
    await failAsk(deps, tx, ask, error, now);
  }
}
