import type { Event } from './event.ts';
import { foldFrequency } from './frequency.ts';
import { foldReport } from './growth.ts';
import { foldMatched, foldUntil } from './happened.ts';
import { matches } from './match.ts';
import { foldMilestone } from './milestone.ts';
import { foldAnswer, inScoreRange, NPS_ANSWERED, npsScore } from './nps.ts';
import { foldPerson } from './people.ts';
import { foldReferral } from './referred.ts';
import type { SignalIndex, Step } from './signal-index.ts';
import type { AccountState } from './state.ts';
import { foldTraits } from './traits.ts';

/** Grows when the same events come to fold into another state, so that accounts which were folded before are folded anew. */
export const FOLD_VERSION = 2;

/**
 * Folds one event of the account into what is remembered of it. The order of arrival does not matter, but each
 * event must come once. It writes into the given state, which the caller must own, and returns it: a replay folds
 * hundreds of thousands of events a second, and copying the state for each would be most of the work.
 */
export function fold(state: AccountState, event: Event, index: SignalIndex): AccountState {
  if (state.firstEventAt === undefined || event.occurredAt < state.firstEventAt) {
    state.firstEventAt = event.occurredAt;
  }
  let isEvidence = false;
  const steps = index.steps.get(event.name);
  if (steps !== undefined) {
    for (const step of steps) {
      if (!matches(step.where, event.properties)) continue;
      foldStep(state, step, event);
      isEvidence ||= step.own;
    }
  }
  if (event.name === NPS_ANSWERED) {
    foldAnswer(state, event, index.nps.said);
    isEvidence ||= isGoodAnswer(event, index);
  } else if (event.name === 'Account Updated') {
    foldTraits(state, event);
    for (const watched of index.watched) foldReport(state, watched, event);
  } else if (event.name.startsWith('Referral ')) {
    foldReferral(state, event);
  }
  foldPerson(state, event, isEvidence);
  return state;
}

function foldStep(state: AccountState, step: Step, event: Event): void {
  switch (step.kind) {
    case 'match':
      foldMatched(state, step.signal, step.said, event);
      break;
    case 'until':
      foldUntil(state, step.signal, event);
      break;
    case 'milestone':
      foldMilestone(state, step.signal, step.times, step.said, event);
      break;
    case 'frequency':
      foldFrequency(state, step.signal, step.times, step.said, event);
      break;
    default:
      step satisfies never;
  }
}

function isGoodAnswer(event: Event, { nps }: SignalIndex): boolean {
  const score = npsScore(event);
  return score !== undefined && nps.own.some((range) => inScoreRange(range, score));
}
