import { createHash } from 'node:crypto';
import { Analytics } from '@segment/analytics-node';
import type { Logger } from 'pino';
import type { AnalyticsConfig, OutgoingEvent, Sink } from './analytics.ts';
import { OWN_EVENT_PROPERTY, reasonOf } from './outgoing.ts';

const BATCH = 100;

/**
 * Segment. Its client batches, retries and gives up by itself; it gets one batch at a time, so that an outage does not
 * pile up batches that all retry.
 */
export function segmentSink(
  writeKey: string,
  { SEGMENT_HOST: host }: Pick<AnalyticsConfig, 'SEGMENT_HOST'>,
  log: Logger,
): Sink {
  const client = new Analytics({ writeKey, flushAt: BATCH, flushInterval: 100, ...(host ? { host } : {}) });
  client.on('error', ({ reason }) => log.warn({ reason: reasonOf(reason) }, 'Segment did not take an event'));
  const queue: OutgoingEvent[] = [];
  let inFlight = 0;
  let whenIdle: (() => void)[] = [];
  const pump = () => {
    const batch = inFlight > 0 ? [] : queue.splice(0, BATCH);
    inFlight += batch.length;
    for (const event of batch) {
      try {
        put(client, event, settled);
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'Segment did not take an event');
        inFlight -= 1;
      }
    }
    if (inFlight > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };
  const settled = () => {
    inFlight -= 1;
    if (inFlight === 0) pump();
  };
  return {
    send: (event) => {
      if (event.name === 'Account Updated' && event.accountId === undefined)
        throw new Error('traits without an account');
      queue.push(event);
      pump();
    },
    waiting: () => queue.length + inFlight,
    // The client's own flush may not overlap with another and keeps on for hours.
    flush: () =>
      queue.length + inFlight === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve)),
    close: async () => {
      queue.length = 0;
      await client.closeAndFlush({ timeout: 100 });
    },
  };
}

function put(client: Analytics, event: OutgoingEvent, settled: () => void): void {
  const { id, name, at, accountId, personId } = event;
  const properties = { ...event.properties, [OWN_EVENT_PROPERTY]: id };
  const common = {
    // Segment wants somebody: for an account alone, a stand-in that is no person of theirs.
    ...(personId === undefined
      ? { anonymousId: `goodturn-${accountId ?? 'service'}` }
      : { userId: personId }),
    messageId: messageId(id),
    timestamp: new Date(at),
    context: { ...(accountId === undefined ? {} : { groupId: accountId }), goodturn: { event_id: id } },
  };
  if (name === 'Account Updated' && accountId !== undefined) {
    client.group({ ...common, groupId: accountId, traits: properties }, settled);
  } else {
    client.track({ ...common, event: name, properties }, settled);
  }
}

// Segment takes ids of up to 100 characters.
const messageId = (id: string) =>
  id.length <= 100 ? id : `goodturn:${createHash('sha256').update(id).digest('hex')}`;
