import type { Event } from './event.ts';
import { keepGreatest, own, put } from './record.ts';
import { type AccountState, MAX_REFERRALS, type ReferralMemory } from './state.ts';

/** In the order in which a referral moves. */
export const REFERRAL_STAGES = [
  'clicked',
  'submitted',
  'qualified',
  'meeting',
  'opportunity',
  'won',
  'lost',
  'churned',
] as const;

const STAGE_OF: ReadonlyMap<string, string> = new Map([
  ['Referral Clicked', 'clicked'],
  ['Referral Submitted', 'submitted'],
  ['Referral Qualified', 'qualified'],
  ['Referral Meeting Held', 'meeting'],
  ['Referral Opportunity', 'opportunity'],
  ['Referral Won', 'won'],
  ['Referral Lost', 'lost'],
  ['Referral Churned', 'churned'],
]);

/**
 * Remembers where a referral stands: the stage of its last event, which is the one the event is named for. Of two
 * at one instant the further stage is the last, or a referral entered already won would fall back to submitted.
 */
export function foldReferral(state: AccountState, event: Event): void {
  const stage = STAGE_OF.get(event.name);
  const id = event.properties['referral_id'];
  if (stage === undefined || typeof id !== 'string' || id === '') return;
  const known = own(state.referrals, id);
  const moved: ReferralMemory = { stage, at: event.occurredAt, id: event.id };
  if (event.personId !== undefined) moved.personId = event.personId;
  if (known !== undefined && !standsBefore(known, moved)) return;
  put(state.referrals, id, moved);
  if (known === undefined) keepGreatest(state.referrals, MAX_REFERRALS, ([, a], [, b]) => standsBefore(a, b));
}

function standsBefore(a: ReferralMemory, b: ReferralMemory): boolean {
  if (a.at !== b.at) return a.at < b.at;
  const stages: readonly string[] = REFERRAL_STAGES;
  const further = stages.indexOf(a.stage) - stages.indexOf(b.stage);
  return further === 0 ? a.id < b.id : further < 0;
}
