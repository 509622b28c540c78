import { countAsksByTrigger, type NewAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { hasPause, writePause } from '../db/pauses.ts';
import type { Deps } from '../deps.ts';
import { formatDuration, type Instant } from '../engine/time.ts';
import { alertOperators } from './alert-operators.ts';

/**
 * Pauses each trigger that has just made more asks than `pause_above` allows, and tells ALERTS_TO. What it planned so
 * far waits: a pause holds at delivery too.
 */
export async function breakRunaways(
  deps: Deps,
  tx: Sql,
  asks: readonly NewAsk[],
  now: Instant,
): Promise<void> {
  const { count, within } = deps.catalog().catalog.guardrails.pauseAbove.asks;
  const triggers = [...new Set(asks.filter(({ kind }) => kind === 'ask').map(({ trigger }) => trigger))];
  for (const [trigger, made] of await countAsksByTrigger(tx, triggers, now - within)) {
    if (made <= count || (await hasPause(tx, trigger, now))) continue;
    const reason = `it made ${made} asks within ${formatDuration(within)}, and ${count} is the most`;
    await writePause(tx, { trigger, by: 'pause_above', reason }, now);
    deps.log.error({ trigger, reason }, 'a trigger has paused itself');
    await alert(deps, tx, trigger, reason, now);
  }
}

function alert(deps: Deps, tx: Sql, trigger: string, reason: string, now: Instant): Promise<void> {
  const text = `The trigger ${trigger} has paused itself: ${reason}.

Nothing more goes out from it until somebody resumes it, with
  goodturn resume --trigger ${trigger}
or POST /v1/resume. If this many are meant, raise pause_above in triggers/guardrails.yaml first.
`;
  const subject = `${trigger} has paused itself`;
  return alertOperators(deps, tx, { id: `alert_${trigger}_${now}`, subject, text });
}
