import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { PostHog } from 'posthog-node';
import type { AnalyticsConfig, OutgoingEvent, Sink } from './analytics.ts';
import { MOST_WAITING, OWN_EVENT_PROPERTY, reasonOf } from './outgoing.ts';

/** PostHog. Its client retries, and keeps a batch only if the network failed. */
export function posthogSink(
  projectKey: string,
  { POSTHOG_HOST, ACCOUNT_GROUP_TYPE }: Pick<AnalyticsConfig, 'POSTHOG_HOST' | 'ACCOUNT_GROUP_TYPE'>,
  log: Logger,
): Sink {
  const client = new PostHog(projectKey, {
    ...(POSTHOG_HOST ? { host: POSTHOG_HOST } : {}),
    // We say when: flushes on the client's own timer report their failures on the console.
    flushAt: 2 * MOST_WAITING,
    maxBatchSize: 100,
    maxQueueSize: 2 * MOST_WAITING,
    flushInterval: 0,
    fetchRetryDelay: 1000,
  });
  let waiting = 0;
  const flush = async () => {
    const before = waiting;
    try {
      await client.flush();
      waiting -= before;
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'PostHog did not take a batch');
      if (!isNetworkError(error)) waiting -= before;
    }
  };
  let flushing: Promise<void> | undefined;
  const flushOnce = () => {
    flushing ??= flush().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };
  return {
    send: (event) => {
      client.capture(toCapture(event, ACCOUNT_GROUP_TYPE));
      waiting += 1;
    },
    waiting: () => waiting,
    flush: flushOnce,
    // The client's own shutdown only flushes once more, and reports on the console.
    close: async () => undefined,
  };
}

function toCapture({ id, name, at, accountId, personId, properties }: OutgoingEvent, groupType: string) {
  // For an account alone the stand-in PostHog's own client uses for a group; it makes no person.
  const standIn = accountId === undefined ? 'goodturn' : `$${groupType}_${accountId}`;
  const common = { uuid: uuidOf(id), timestamp: new Date(at) };
  const marked = { ...properties, [OWN_EVENT_PROPERTY]: id };
  if (name === 'Account Updated') {
    if (accountId === undefined) throw new Error('traits without an account');
    // What groupIdentify sends, with an id and a time of ours.
    const group = { $group_type: groupType, $group_key: accountId, $group_set: marked };
    return { ...common, distinctId: standIn, event: '$groupidentify', properties: group };
  }
  return {
    ...common,
    distinctId: personId ?? standIn,
    event: name,
    ...(accountId === undefined ? {} : { groups: { [groupType]: accountId } }),
    properties: personId === undefined ? { ...marked, $process_person_profile: false } : marked,
  };
}

/** A UUID that is always the same for an id (version 8: made by a rule of our own). */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const isNetworkError = (error: unknown) =>
  error instanceof Error && error.name === 'PostHogFetchNetworkError';
