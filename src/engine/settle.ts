import type { AskRecord } from './account.ts';
import { compareStrength } from './catalog-index.ts';
import type { PlannedAsk } from './decision.ts';
import { holding } from './finding.ts';
import { withHold } from './hold-set.ts';
import { type Judged, judge } from './judge.ts';
import { type Passed, passed, planAsk, recordOf } from './plan.ts';
import { type Situation, withAsk } from './situation.ts';

export type Settled = {
  /** In the order given; those that another ask outranked say so. */
  readonly judged: readonly Judged[];
  readonly asks: readonly PlannedAsk[];
  /** The ask, if any, that took its place in the ledger. */
  readonly winner?: AskRecord;
};

/**
 * Of the triggers that could ask, says which do. The strongest live ask does and the others hold, judged again with
 * its place taken. Thanks compete with nobody. Shadow triggers are outranked by a stronger live ask, and take nothing.
 */
export function settle(situation: Situation, judged: readonly Judged[]): Settled {
  // Nearly always nothing can ask.
  if (!judged.some(({ due }) => due)) return { judged, asks: [] };
  const first = judged
    .map(passed)
    .find((one) => one && one.trigger.kind === 'ask' && one.trigger.status === 'live');
  const ask = first && planAsk(situation, first);
  const winner = ask && recordOf(ask);
  const after = winner ? withAsk(situation, winner) : situation;
  const asks: PlannedAsk[] = ask ? [ask] : [];
  const isFirst = ({ trigger, opening }: Passed) => trigger === first?.trigger && opening === first.opening;
  const settled = judged.map((one) => {
    const candidate = passed(one);
    if (!candidate || isFirst(candidate)) return one;
    if (first && isOutranked(candidate, first)) return outranked(after, candidate);
    return settleAlone(situation, candidate, asks);
  });
  return winner ? { judged: settled, asks, winner } : { judged: settled, asks };
}

function isOutranked({ trigger }: Passed, first: Passed): boolean {
  if (trigger.kind === 'thanks') return false;
  return trigger.status === 'live' || compareStrength(first.trigger, trigger) < 0;
}

/** Another ask came first. The other answers of a live trigger show what is left once that one has its place. */
function outranked(after: Situation, candidate: Passed): Judged {
  const { plan, trigger, opening } = candidate;
  const judged = trigger.status === 'live' ? judge(after, plan, opening) : candidate;
  const guards = judged.guards.filter(({ gate }) => gate !== 'outranked');
  return { ...judged, guards, last: CAME_SECOND, holds: withHold(judged.holds, 'outranked'), due: undefined };
}

const CAME_SECOND = holding('outranked', 'another ask came first');

/** Asks by thanks and shadow triggers: several may, but each person once by the same trigger. */
function settleAlone(situation: Situation, candidate: Passed, asks: PlannedAsk[]): Judged {
  const earlier = asks.filter(({ trigger }) => trigger === candidate.trigger.name).map(recordOf);
  if (earlier.length === 0) {
    asks.push(planAsk(situation, candidate));
    return candidate;
  }
  const judged = judge(earlier.reduce(withAsk, situation), candidate.plan, candidate.opening);
  const still = passed(judged);
  if (still) asks.push(planAsk(situation, still));
  return judged;
}
