import type { Signal } from '../src/engine/catalog.ts';
import { DAY } from '../src/engine/time.ts';
import { aMatch } from '../tests/builders.ts';

const happened = (event: string, until?: string) => ({
  kind: 'happened' as const,
  match: aMatch(event),
  ...(until === undefined ? {} : { until: aMatch(until) }),
});

/** Twelve signals of all kinds, as a catalog has them. */
export const benchSignals: readonly Signal[] = [
  {
    name: 'promoter',
    evidence: { kind: 'nps', atLeast: 9, people: 1 },
    effect: { kind: 'points', points: 70 },
    halfLife: 45 * DAY,
    expires: 180 * DAY,
    says: '{{ person }} gave us a {{ score }} of 10',
  },
  {
    name: 'activation_milestone',
    evidence: { kind: 'milestone', match: aMatch('Workflow Completed'), times: 10 },
    effect: { kind: 'points', points: 50 },
    halfLife: 60 * DAY,
    says: 'They have completed ten workflows',
  },
  {
    name: 'habit',
    evidence: { kind: 'frequency', match: aMatch('Report Shared'), times: 8, within: 28 * DAY },
    effect: { kind: 'points', points: 30 },
    says: 'They shared {{ count }} reports in four weeks',
  },
  {
    name: 'seat_expansion',
    evidence: { kind: 'growth', trait: 'seats', by: { unit: 'percent', amount: 20 }, within: 60 * DAY },
    effect: { kind: 'points', points: 50 },
    halfLife: 45 * DAY,
    expires: 120 * DAY,
    says: 'They grew from {{ from }} to {{ to }} seats',
  },
  {
    name: 'kind_words',
    evidence: happened('Kind Words'),
    effect: { kind: 'points', points: 55 },
    halfLife: 30 * DAY,
    expires: 120 * DAY,
    says: '{{ person }} said: “{{ text }}”',
  },
  {
    name: 'good_business_review',
    evidence: {
      kind: 'happened',
      match: aMatch('Business Review Held', { result: { in: ['good', 'great', 'positive'] } }),
    },
    effect: { kind: 'points', points: 50 },
    halfLife: 45 * DAY,
    expires: 120 * DAY,
    says: 'Their last business review went well',
  },
  {
    name: 'old_customer',
    evidence: { kind: 'tenure', atLeast: 365 * DAY },
    effect: { kind: 'points', points: 10 },
    says: 'They have been with us for {{ count }} days',
  },
  {
    name: 'detractor',
    evidence: { kind: 'nps', atMost: 6, people: 1 },
    effect: { kind: 'dampens', share: 0.6 },
    halfLife: 90 * DAY,
    expires: 180 * DAY,
    says: '{{ person }} gave us a {{ score }} of 10',
  },
  {
    name: 'support_trouble',
    evidence: happened('Ticket Opened', 'Ticket Solved'),
    effect: { kind: 'dampens', share: 0.8 },
    expires: 30 * DAY,
    says: 'A support ticket is open ({{ priority }})',
  },
  {
    name: 'payment_failing',
    evidence: happened('Payment Failed', 'Payment Recovered'),
    effect: { kind: 'dampens', share: 0.8 },
    expires: 60 * DAY,
    says: 'Their last payment failed',
  },
  {
    name: 'leaving',
    evidence: happened('Cancellation Scheduled', 'Cancellation Withdrawn'),
    effect: { kind: 'dampens', share: 1 },
    says: 'They are about to leave',
  },
  {
    name: 'renewal_soon',
    evidence: { kind: 'trait', name: 'renewal_at', test: { withinNext: 45 * DAY } },
    effect: { kind: 'dampens', share: 0.4 },
    says: 'Their renewal is due within 45 days',
  },
];
