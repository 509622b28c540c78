import { createHmac, randomBytes } from 'node:crypto';
import type { JsonObject } from '../engine/event.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../engine/time.ts';

/** The waits after the first failed try, the second, and so on: as long as an outage over a night. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] as const;

/** When to try again after `attempt` tries (1 after the first); undefined when it is given up. */
export function nextPost(attempt: number, now: Instant): Instant | undefined {
  const wait = WAITS[attempt - 1];
  return wait === undefined ? undefined : now + wait;
}

/** A secret of 32 random bytes, in the form that Standard Webhooks libraries take. */
export const makeWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** The three headers of Standard Webhooks 1.0: the receiver checks them with any of its libraries. */
export function signatureHeaders(
  secret: string,
  id: string,
  body: string,
  now: Instant,
): Readonly<Record<string, string>> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** `Referral Meeting Held` as `referral.meeting_held`. */
export const webhookType = (eventName: string): string =>
  eventName.toLowerCase().replace(' ', '.').replaceAll(' ', '_');

export type WebhookEvent = {
  readonly name: string;
  readonly at: Instant;
  readonly accountId?: string;
  readonly personId?: string;
  readonly properties: JsonObject;
};

/** What is posted: the type, when it happened, and what about. */
export function webhookBody({ name, at, accountId, personId, properties }: WebhookEvent): string {
  const about = { account_id: accountId ?? null, user_id: personId ?? null };
  const data = { ...about, ...properties };
  return JSON.stringify({ type: webhookType(name), timestamp: new Date(at).toISOString(), data });
}

/** Whether a subscription to these types hears of an event; `*` and `referral.*` stand for all and all of a kind. */
export function hears(events: readonly string[], type: string): boolean {
  const kind = `${type.slice(0, type.indexOf('.'))}.*`;
  return events.some((wanted) => wanted === '*' || wanted === type || wanted === kind);
}
