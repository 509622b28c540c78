import { REFERRAL_STAGES } from '../engine/referred.ts';
import { DAY, type Duration, type Instant } from '../engine/time.ts';

/** How far an introduction has come, in order; the last three are ends. */
export const STAGES = REFERRAL_STAGES;

export type Stage = (typeof STAGES)[number];

/** When each stage was reached; a stage that was skipped is absent. */
export type Stages = { readonly [S in Stage]?: Instant };

/** A customer who leaves later than this after signing was still won. */
export const CHURN_WINDOW: Duration = 90 * DAY;

/** Where each stage may lead: forwards, any number of steps at once, or to an end. */
const MOVES = {
  clicked: ['submitted', 'qualified', 'meeting', 'opportunity', 'won', 'lost'],
  submitted: ['qualified', 'meeting', 'opportunity', 'won', 'lost'],
  qualified: ['meeting', 'opportunity', 'won', 'lost'],
  meeting: ['opportunity', 'won', 'lost'],
  opportunity: ['won', 'lost'],
  won: ['churned'],
  lost: [],
  churned: [],
} as const satisfies Readonly<Record<Stage, readonly Stage[]>>;

export type Move =
  | { readonly kind: 'moved'; readonly stage: Stage; readonly stages: Stages }
  /** It is there already: nothing changes, and that is fine. */
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly because: string };

/** Moves a referral to `stage` as of `at`, or says why it cannot go there. */
export function moveStage(from: { stage: Stage; stages: Stages }, stage: Stage, at: Instant): Move {
  if (from.stage === stage) return { kind: 'same' };
  const legal: readonly Stage[] = MOVES[from.stage];
  if (!legal.includes(stage)) return { kind: 'refused', because: refusal(from.stage, stage, legal) };
  const wonAt = from.stages.won;
  if (stage === 'churned' && wonAt !== undefined && at - wonAt > CHURN_WINDOW) {
    return {
      kind: 'refused',
      because: 'A customer counts as churned within 90 days of signing; this is later.',
    };
  }
  return { kind: 'moved', stage, stages: { ...from.stages, [stage]: at } };
}

/** The canonical event of reaching a stage. A click is anonymous, so it makes none. */
export function eventName(stage: Stage): string | undefined {
  switch (stage) {
    case 'clicked':
      return undefined;
    case 'submitted':
      return 'Referral Submitted';
    case 'qualified':
      return 'Referral Qualified';
    case 'meeting':
      return 'Referral Meeting Held';
    case 'opportunity':
      return 'Referral Opportunity';
    case 'won':
      return 'Referral Won';
    case 'lost':
      return 'Referral Lost';
    case 'churned':
      return 'Referral Churned';
    default:
      return stage satisfies never;
  }
}

/** Once a sales opportunity exists, who is credited no longer changes; a lost one frees the company again. */
export const isFixed = (stage: Stage): boolean => stage === 'opportunity' || stage === 'won';

/** Lost, or churned: nothing more comes of it. */
export const isOver = (stage: Stage): boolean => stage === 'lost' || stage === 'churned';

export const isStage = (text: string): text is Stage => STAGES.some((stage) => stage === text);

function refusal(from: Stage, to: Stage, legal: readonly Stage[]): string {
  const choices = legal.length === 0 ? 'it ends there' : `it can go to ${legal.join(', ')}`;
  return `This referral is at "${from}" and cannot go to "${to}": ${choices}.`;
}
