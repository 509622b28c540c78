import type { JsonObject } from '../engine/event.ts';

/**
 * Events that tell of the account rather than of whoever reported them, and what of them is about the account alone.
 * A name on a ticket or a payment is who happened to send it; that it is open holds the account's asks all the same.
 */
const FACTS: Readonly<Record<string, 'all' | readonly string[]>> = {
  'Account Updated': 'all',
  'Account Deleted': [],
  'Ticket Opened': ['priority'],
  'Ticket Solved': ['priority'],
  'Payment Failed': [],
  'Payment Recovered': [],
  'Cancellation Scheduled': [],
  'Business Review Held': ['result'],
  ...Object.fromEntries(
    ['Submitted', 'Qualified', 'Meeting Held', 'Opportunity', 'Won', 'Lost', 'Churned'].map((stage) => [
      `Referral ${stage}`,
      ['referral_id', 'stage', 'company', 'company_name', 'acv', 'held', 'share'],
    ]),
  ),
};

/** What stays of an event when its person is erased; undefined when all of it is theirs. */
export function accountFact(event: {
  readonly name: string;
  readonly properties: JsonObject;
}): JsonObject | undefined {
  const kept = Object.hasOwn(FACTS, event.name) ? FACTS[event.name] : undefined;
  if (kept === undefined || kept === 'all') return kept && event.properties;
  return Object.fromEntries(Object.entries(event.properties).filter(([key]) => kept.includes(key)));
}
