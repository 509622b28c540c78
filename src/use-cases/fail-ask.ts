import type { TemplateFolder } from '../catalog/published.ts';
import type { AskRow } from '../db/ask-row.ts';
import { moveAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { codeOf } from '../db/retry.ts';
import type { Deps } from '../deps.ts';
import type { Instant } from '../engine/time.ts';

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
  if (codeOf(error) !== '' || !(error instanceof Error)) throw error;
  deps.log.error(
    { ask: ask.id, trigger: ask.trigger, reason: error.message },
    'an ask could not be put into words',
  );
  await moveAsk(tx, ask, ['scheduled'], 'failed', {
    statusReason: error.message.slice(0, 300),
    settledAt: now,
  });
}
