import type { AskRow } from '../db/ask-row.ts';
import type { StoredEvent } from '../db/events.ts';
import type { AskRecord } from '../engine/account.ts';
import type { JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import type { ReportedEvent } from '../sources/reported.ts';

export type AskEventName =
  | 'Ask Scheduled'
  | 'Ask Shown'
  | 'Ask Sent'
  | 'Ask Accepted'
  | 'Ask Declined'
  | 'Ask Closed'
  | 'Ask Snoozed'
  | 'Ask Ignored';

type Subject = Pick<AskRecord, 'id' | 'accountId' | 'personId' | 'trigger' | 'channel' | 'kind'> &
  Partial<Pick<AskRow, 'readiness'>>;

/** What became of an ask, as an event like any other. Its id names ask and step, so that it counts once. */
export function askEvent(
  ask: Subject,
  name: AskEventName,
  at: Instant,
  more: JsonObject = {},
): ReportedEvent {
  const step = name.slice('Ask '.length).toLowerCase();
  return {
    // A card can be snoozed more than once; all other steps happen once.
    id: `goodturn:${ask.id}:${step}${name === 'Ask Snoozed' ? `:${at}` : ''}`,
    source: 'goodturn',
    name,
    occurredAt: at,
    receivedAt: at,
    userId: ask.personId,
    ownAccountId: ask.accountId,
    properties: { ask_id: ask.id, trigger: ask.trigger, channel: ask.channel, kind: ask.kind, ...more },
    imported: false,
    trust: 'server',
    flags: [],
  };
}

/** The same event when account and person need no finding out. */
export function storedAskEvent(ask: Subject, name: AskEventName, at: Instant): StoredEvent {
  const event = askEvent(ask, name, at);
  return {
    id: event.id,
    source: event.source,
    name,
    occurredAt: at,
    receivedAt: at,
    accountId: ask.accountId,
    ownAccountId: ask.accountId,
    personId: ask.personId,
    reportedPerson: ask.personId,
    properties: event.properties,
    trust: 'server',
    flags: [],
  };
}
