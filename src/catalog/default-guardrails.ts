import type { Guardrails } from '../engine/catalog.ts';
import { DAY, HOUR } from '../engine/time.ts';

/** What holds when a team has said nothing: all guardrails on. */
export const DEFAULT_GUARDRAILS: Guardrails = {
  perPerson: {
    asks: { count: 1, within: 30 * DAY },
    asksPerYear: 3,
    afterDecline: 90 * DAY,
    nudges: { count: 1, within: DAY },
    detractorFor: 180 * DAY,
  },
  perAccount: {
    asks: { count: 1, within: 14 * DAY },
    people: { count: 2, within: 30 * DAY },
    minimumTenure: 14 * DAY,
  },
  perOwner: { drafts: { count: 3, within: DAY }, open: 10 },
  workspace: { emails: { count: 200, within: HOUR } },
  pauseAbove: { asks: { count: 1000, within: DAY } },
  quietHours: { from: 20 * 60, to: 8 * 60, weekends: 'quiet' },
  windows: { business_hours: { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60 } },
  timezone: 'UTC',
  blockWhen: ['support_trouble', 'payment_failing', 'leaving', 'renewal_soon'],
  never: { domains: [], plans: ['trial', 'internal'], accounts: [], people: [] },
  blackouts: [],
  attribution: { window: 90 * DAY, model: 'last', segments: {} },
};
