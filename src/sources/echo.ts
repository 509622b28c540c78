import type { JsonObject } from '../engine/event.ts';

/** The property that marks what Goodturn itself sent to analytics, with the event's own id. */
export const ECHO_MARK = 'goodturn_id';

/** The trait that Goodturn tells analytics about each account. */
export const READINESS_TRAIT = 'referral_readiness';

/** What we tell of an ask. */
export const OUTCOME = /^Ask (Scheduled|Shown|Sent|Accepted|Declined|Closed|Snoozed|Ignored)$/;

/**
 * Whether an event is one we sent out that came back through somebody's pipeline. It is stored already, so it
 * is left aside: neither news nor a fault.
 */
export function isEcho(id: string | undefined, name: string, properties: JsonObject): boolean {
  if (id?.startsWith('goodturn:') || properties[ECHO_MARK] !== undefined) return true;
  if (OUTCOME.test(name) && properties['ask_id'] !== undefined) return true;
  const keys = Object.keys(properties);
  return name === 'Account Updated' && keys.length === 1 && keys[0] === READINESS_TRAIT;
}

/** The account's traits without our own score: folding that as news would go round in circles. */
export function withoutReadiness(traits: JsonObject): JsonObject {
  if (traits[READINESS_TRAIT] === undefined) return traits;
  return Object.fromEntries(Object.entries(traits).filter(([key]) => key !== READINESS_TRAIT));
}
