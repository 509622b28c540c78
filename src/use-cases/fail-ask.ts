import type { TemplateFolder } from '../catalog/published.ts';
import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { codeOf, isUnavailable } from '../db/retry.ts';
import { wakeAccounts } from '../db/wake-accounts.ts';
import type { Deps } from '../deps.ts';
import type { AskStatus } from '../engine/account.ts';
import { HOUR, type Instant } from '../engine/time.ts';

/** The words of an ask, of the version that made it. */
export async function templateOf(
  deps: Pick<Deps, 'catalogOf'>,
  tx: Sql,
  ask: Pick<AskRow, 'template' | 'catalogHash'>,
): Promise<TemplateFolder> {
  const folder = (await deps.catalogOf(tx, ask.catalogHash)).templates.get(ask.template);
  if (folder === undefined) throw new Error(`the template "${ask.template}" is not in its catalog version`);
  return folder;
}

/** Gives up an ask that could not be put into words; a database error is no fault of the ask and is thrown on. */
export async function failAsk(
  deps: Pick<Deps, 'log'>,
  tx: Sql,
  ask: AskRow,
  error: unknown,
  now: Instant,
): Promise<void> {
  if (codeOf(error) !== '' || isUnavailable(error) || !(error instanceof Error)) throw error;
  deps.log.error(
    { ask: ask.id, trigger: ask.trigger, reason: error.message },
    'an ask could not be put into words',
  );
  await giveUpAsk(tx, ask, error.message, now);
}

/**
 * Ends an ask that cannot reach its person, or that came back, so that it counts for nothing; and has its account looked at again, since its place is free. A trigger
 * that waits for no event would ask anew at once and fail anew: for it that look comes an hour later.
 */
export async function giveUpAsk(
  tx: Sql,
  ask: AskRow,
  reason: string,
  now: Instant,
  from: readonly AskStatus[] = ['scheduled', 'sending'],
): Promise<void> {
  const statusReason = reason.slice(0, 300);
  const moved = await moveAsk(tx, ask, from, 'failed', { statusReason, deliveredAt: null, settledAt: now });
  if (moved === undefined) return;
  await wakeAccounts(tx, [ask.accountId], ask.opening === undefined ? now + HOUR : now);
}
