import { nearest } from './nearest.ts';
import { note, type Place } from './place.ts';

/** The names that sources translate into, whatever they call it themselves. */
const CANONICAL_EVENTS: readonly string[] = [
  'NPS Answered',
  'Account Updated',
  'Person Updated',
  'Ticket Opened',
  'Ticket Solved',
  'CSAT Answered',
  'Payment Failed',
  'Payment Recovered',
  'Cancellation Scheduled',
  'Business Review Held',
  'Kind Words',
  'Page Viewed',
  'Screen Viewed',
  'Account Added User',
  'Account Removed User',
  'Account Deleted',
  'Referral Submitted',
  'Referral Qualified',
  'Referral Meeting Held',
  'Referral Opportunity',
  'Referral Won',
  'Referral Lost',
  'Referral Churned',
  'Ask Scheduled',
  'Ask Shown',
  'Ask Sent',
  'Ask Accepted',
  'Ask Declined',
  'Ask Closed',
  'Ask Snoozed',
  'Ask Ignored',
];

/** Event names are free, so "NPS answered" is no fault; yet nothing will ever match it. */
export function noteOddEvent(name: string, at: Place): void {
  if (CANONICAL_EVENTS.includes(name)) return;
  const ours = /^(NPS|CSAT|Referral|Ask|Ticket) /i.test(name);
  const near = ours ? nearest(name, CANONICAL_EVENTS) : LETTERS.get(letters(name));
  if (near === undefined || Math.abs(near.length - name.length) > 2) return;
  note(at, `nothing is called "${name}" unless your own product reports it so`, `did you mean "${near}"?`);
}

const LETTERS = new Map(CANONICAL_EVENTS.map((name) => [letters(name), name]));

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
