import { countAsksByTrigger, type NewAsk } from '../db/asks.ts';
import type { Sql } from '../db/client.ts';
import { putMail } from '../db/mails.ts';
import { hasPause, writePause } from '../db/pauses.ts';
import { composeEmail } from '../delivery/email.ts';
import { htmlFromText } from '../delivery/html-part.ts';
import type { Deps } from '../deps.ts';
import { formatDuration, type Instant } from '../engine/time.ts';

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

async function alert(deps: Deps, tx: Sql, trigger: string, reason: string, now: Instant): Promise<void> {
  const address = deps.config.ALERTS_TO;
  if (address === undefined) return;
  const text = `The trigger ${trigger} has paused itself: ${reason}.

Nothing more goes out from it until somebody resumes it, with
  goodturn resume --trigger ${trigger}
or POST /v1/resume. If this many are meant, raise pause_above in triggers/guardrails.yaml first.
`;
  const id = `alert_${trigger}_${now}`;
  const rendered = { subject: `${trigger} has paused itself`, text, html: htmlFromText(text) };
  const composed = composeEmail({ id, purpose: 'owner', to: { name: null, address }, rendered }, deps.config);
  if ('fault' in composed) return;
  await putMail(
    tx,
    {
      id,
      accountId: '',
      purpose: 'alert',
      status: 'due',
      meantFor: address,
      message: composed.message,
      dueAt: now,
    },
    now,
  );
}
