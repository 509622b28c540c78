import { type Instant, MINUTE } from '../engine/time.ts';

/** What went to one domain of receivers within `THROTTLE_WINDOW`. */
export type DomainTraffic = {
  readonly count: number;
  /** When a mail was last put off by its receiver. */
  readonly deferredAt?: Instant;
};

export const THROTTLE_WINDOW = MINUTE;

// Below what large receivers take from a sender they know little of.
const MOST = 20;

export type DomainThrottle = {
  /** Until when a mail to this domain had better wait; undefined: it may go, and is counted. */
  readonly waitUntil: (domain: string, now: Instant) => Instant | undefined;
  /** The domain has just put a mail off. */
  readonly defer: (domain: string, now: Instant) => void;
};

/**
 * Spares receivers: at most 20 mails a minute to one domain, and none in the minute after it put one off. A domain that
 * is out of order is asked by one mail a minute, not by all that wait for it.
 */
export function createDomainThrottle(recent: ReadonlyMap<string, DomainTraffic>): DomainThrottle {
  const traffic = new Map(recent);
  const of = (domain: string): DomainTraffic => traffic.get(domain) ?? { count: 0 };
  return {
    waitUntil: (domain, now) => {
      const { count, deferredAt } = of(domain);
      if (deferredAt !== undefined && now < deferredAt + THROTTLE_WINDOW) return deferredAt + THROTTLE_WINDOW;
      if (count >= MOST) return now + THROTTLE_WINDOW;
      traffic.set(domain, { ...of(domain), count: count + 1 });
      return undefined;
    },
    defer: (domain, now) => traffic.set(domain, { ...of(domain), deferredAt: now }),
  };
}
