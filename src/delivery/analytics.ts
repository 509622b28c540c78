import type { Logger } from 'pino';
import type { JsonObject } from '../engine/event.ts';
import type { Instant } from '../engine/time.ts';
import { MOST_WAITING, reasonOf } from './outgoing.ts';

/**
 * What analytics hear of; plain JSON, so that it can wait in the database. `Account Updated` sets its
 * properties as traits of the account (`referral_readiness`), everything else is a track event.
 */
export type OutgoingEvent = {
  /** The same on every try, so that a second copy is dropped where it arrives. */
  readonly id: string;
  readonly name: string;
  readonly at: Instant;
  readonly accountId?: string;
  readonly personId?: string;
  readonly properties: JsonObject;
};

export type AnalyticsConfig = {
  readonly ACCOUNT_GROUP_TYPE: string;
  readonly SEGMENT_WRITE_KEY?: string | undefined;
  readonly SEGMENT_HOST?: string | undefined;
  readonly POSTHOG_PROJECT_KEY?: string | undefined;
  readonly POSTHOG_HOST?: string | undefined;
};

export type Analytics = {
  /** Takes an event for sending, at once. False when too many wait already: offer it again later. Never throws. */
  send(event: OutgoingEvent): boolean;
  /** Resolves when what was taken has gone out or was given up, at the latest after 5 s. Never rejects. */
  flush(): Promise<void>;
  /** Flushes, and takes nothing any more. */
  close(): Promise<void>;
};

/** One service, through its own client. */
export type Sink = {
  send(event: OutgoingEvent): void;
  /** Events taken and neither out nor given up. */
  waiting(): number;
  flush(): Promise<void>;
  /** Gives up what still waits. */
  close(): Promise<void>;
};

const FLUSH_WAIT = 5_000;
const FLUSH_AFTER = 500;

/**
 * Tells Segment and PostHog, whichever are configured, off everyone's path. `patience` is how long a flush
 * may take, in milliseconds.
 */
export async function createAnalytics(
  config: AnalyticsConfig,
  log: Logger,
  patience = FLUSH_WAIT,
): Promise<Analytics> {
  const sinks = await sinksOf(config, log);
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  const stopTimer = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const flush = () => {
    stopTimer();
    flushing ??= settleAll(sinks, (sink) => sink.flush(), patience, log).finally(() => {
      flushing = undefined;
    });
    return flushing;
  };
  return {
    send: (event) => {
      if (sinks.some((sink) => sink.waiting() >= MOST_WAITING)) return false;
      for (const sink of sinks) sendQuietly(sink, event, log);
      if (sinks.length > 0) timer ??= setTimeout(flush, FLUSH_AFTER).unref();
      return true;
    },
    flush,
    close: async () => {
      await flush();
      stopTimer();
      const lost = Math.max(0, ...sinks.map((sink) => sink.waiting()));
      if (lost > 0) log.warn({ lost }, 'stopped before analytics had taken every event');
      await settleAll(sinks, (sink) => sink.close(), patience, log);
    },
  };
}

/** Only what is configured is loaded: a client that nobody uses would only slow each start. */
async function sinksOf(config: AnalyticsConfig, log: Logger): Promise<Sink[]> {
  const { SEGMENT_WRITE_KEY: segmentKey, POSTHOG_PROJECT_KEY: posthogKey } = config;
  const sinks: Sink[] = [];
  if (segmentKey !== undefined)
    sinks.push((await import('./segment-sink.ts')).segmentSink(segmentKey, config, log));
  if (posthogKey !== undefined)
    sinks.push((await import('./posthog-sink.ts')).posthogSink(posthogKey, config, log));
  return sinks;
}

function sendQuietly(sink: Sink, event: OutgoingEvent, log: Logger): void {
  try {
    sink.send(event);
  } catch (error) {
    log.warn({ reason: reasonOf(error) }, 'an event did not go to analytics');
  }
}

async function settleAll(
  sinks: readonly Sink[],
  work: (sink: Sink) => Promise<void>,
  patience: number,
  log: Logger,
): Promise<void> {
  const settle = async (sink: Sink) => {
    const done = new AbortController();
    try {
      await Promise.race([work(sink), wait(patience, done.signal)]);
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'analytics could not be reached');
    } finally {
      done.abort();
    }
  };
  await Promise.all(sinks.map(settle));
}

function wait(length: number, done: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, length);
    done.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
