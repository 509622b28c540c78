import type { Sql } from '../db/client.ts';
import type { StoredEvent } from '../db/events.ts';
import { insertOutgoing } from '../db/outgoing.ts';
import type { OutgoingEvent } from '../delivery/analytics.ts';
import type { Deps } from '../deps.ts';
import type { AccountId } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { READINESS_TRAIT } from '../sources/echo.ts';
import { putWebhooks } from './put-webhooks.ts';

type Needs = Pick<Deps, 'config'>;

/** Puts our own events in line for analytics and webhooks, in the transaction that stores them. */
export async function putOutgoing(
  deps: Needs,
  tx: Sql,
  events: readonly StoredEvent[],
  now: Instant,
): Promise<void> {
  const own = events.filter(({ source }) => source === 'goodturn');
  await putWebhooks(tx, own, now);
  if (!hasAnalytics(deps)) return;
  await insertOutgoing(
    tx,
    own.flatMap((event) => toTrack(event) ?? []),
    now,
  );
}

/** Puts accounts whose readiness has changed by a point in line, as a trait of the account. */
export async function putReadiness(
  deps: Needs,
  tx: Sql,
  accounts: readonly { readonly id: AccountId; readonly before: number; readonly after: number }[],
  now: Instant,
): Promise<void> {
  if (!hasAnalytics(deps)) return;
  const changed = accounts.filter(({ before, after }) => Math.round(before) !== Math.round(after));
  const outgoing = changed.map(
    ({ id, after }): OutgoingEvent => ({
      id: `goodturn:readiness:${id}:${now}`,
      name: 'Account Updated',
      at: now,
      accountId: id,
      properties: { [READINESS_TRAIT]: Math.round(after * 10) / 10 },
    }),
  );
  await insertOutgoing(tx, outgoing, now);
}

const hasAnalytics = ({ config }: Needs) =>
  config.SEGMENT_WRITE_KEY !== undefined || config.POSTHOG_PROJECT_KEY !== undefined;

function toTrack(event: StoredEvent): OutgoingEvent | undefined {
  if (event.accountId === undefined) return undefined;
  return {
    id: event.id,
    name: event.name,
    at: event.occurredAt,
    accountId: event.accountId,
    properties: event.properties,
    ...(event.personId === undefined ? {} : { personId: event.personId }),
  };
}
