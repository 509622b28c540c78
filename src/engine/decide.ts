import type { AccountView, Agenda } from './account.ts';
import { holding } from './account-guardrail.ts';
import type { Catalog, Trigger } from './catalog.ts';
import type { Decision, Evaluation, PlannedAsk } from './decision.ts';
import type { PersonId } from './event.ts';
import { type Judged, judge } from './judge.ts';
import { nextAgenda, verdictKey, verdictOf } from './next-agenda.ts';
import { freshOpenings } from './openings.ts';
import { cycleOf } from './plan.ts';
import { own } from './record.ts';
import { settle } from './settle.ts';
import { type Situation, situate } from './situation.ts';
import type { Instant } from './time.ts';
import { firstChange, firstLapse } from './wake.ts';
import { reviewOpenAsks } from './withdraw.ts';

/**
 * Decides for one account: whom to ask now, by which trigger, and what holds the others. Every gate is answered.
 * At most one ask is planned at a time; of several that could ask, the strongest does. Whoever acts on it looks
 * again at `wakeAt`, which is at once when anything was planned or withdrawn.
 * Where people are missing from the view, it only says which (`unknownPeople`).
 */
export function decide(catalog: Catalog, view: AccountView, at: Instant): Evaluation {
  const situation = situate(catalog, view, at);
  const judged = judgeAll(situation);
  const settled = settle(situation, judged);
  const review = reviewOpenAsks(situation, settled.winner);
  const unknownPeople = [...new Set([...unknownIn(judged), ...review.unknownPeople])];
  if (unknownPeople.length > 0) return unanswered(situation, unknownPeople);

  const verdicts = settled.judged.map(verdictOf);
  const agenda = nextAgenda(situation, settled, verdicts);
  const acted = settled.asks.length > 0 || review.withdrawals.length > 0;
  const wakeAt = acted ? at + 1 : firstWake(catalog, agenda, settled.judged, review.changesAt);
  return {
    at,
    accountId: view.id,
    readiness: situation.readiness,
    decisions: [
      ...settled.judged.map((one, i) => decisionOf(situation, one, verdicts[i], settled.asks)),
      ...waiting(situation),
    ],
    asks: settled.asks,
    withdrawals: review.withdrawals,
    agenda,
    ...(wakeAt === Number.POSITIVE_INFINITY ? undefined : { wakeAt }),
    unknownPeople: [],
  };
}

/**
 * What each trigger would say right now, also those whose event has not come: every gate that can be answered
 * without it is. For people who ask "why not?"; nothing is planned.
 */
export function explain(
  catalog: Catalog,
  view: AccountView,
  at: Instant,
): Pick<Evaluation, 'decisions' | 'unknownPeople'> {
  const situation = situate(catalog, view, at);
  const judged = judgeAll(situation);
  const settled = settle(situation, judged);
  const waits = waitingTriggers(situation).map((trigger) => judge(situation, trigger));
  return {
    decisions: [
      ...settled.judged.map((one) => decisionOf(situation, one, verdictOf(one), settled.asks)),
      ...waits.map((one) => {
        const decision = decisionOf(situation, one, undefined, []);
        return { ...decision, cycle: '', changed: false, gates: [waitingFor(one.trigger), ...one.gates] };
      }),
    ],
    unknownPeople: [...new Set(unknownIn([...judged, ...waits]))],
  };
}

function judgeAll(situation: Situation): Judged[] {
  const { index, view, at } = situation;
  return index.evaluated.flatMap((trigger) =>
    trigger.on.length === 0
      ? [judge(situation, trigger)]
      : freshOpenings(view.agenda, trigger, at).map((opening) => judge(situation, trigger, opening)),
  );
}

function unknownIn(judged: readonly Judged[]): PersonId[] {
  return judged.flatMap(({ choice }) => (choice.kind === 'unknown' ? choice.people : []));
}

function unanswered({ at, view, readiness }: Situation, unknownPeople: readonly PersonId[]): Evaluation {
  const { id: accountId, agenda } = view;
  return { at, accountId, readiness, decisions: [], asks: [], withdrawals: [], agenda, unknownPeople };
}

function firstWake(catalog: Catalog, agenda: Agenda, judged: readonly Judged[], reviewed: Instant): Instant {
  // Imported history wakes nobody.
  if (agenda.dormant) return Number.POSITIVE_INFINITY;
  const changes = judged.map(({ gates }) => firstChange(gates));
  return Math.min(reviewed, firstLapse(agenda, catalog), ...changes);
}

function decisionOf(
  situation: Situation,
  judged: Judged,
  stored: string | undefined,
  asks: readonly PlannedAsk[],
): Decision {
  const { at, view, readiness } = situation;
  const { trigger, opening, choice, gates } = judged;
  const cycle = cycleOf(view, trigger.name, opening);
  const decision = {
    at,
    accountId: view.id,
    trigger: trigger.name,
    cycle,
    verdict: asks.some((ask) => ask.trigger === trigger.name && ask.cycle === cycle)
      ? ('ask' as const)
      : ('hold' as const),
    shadow: trigger.status === 'shadow',
    readiness: readiness.value,
    gates,
    changed: own(view.agenda.verdicts, verdictKey(judged)) !== stored,
  };
  return choice.kind === 'chosen' ? { ...decision, personId: choice.person.id } : decision;
}

/** The triggers whose event has not come: nothing about them changes before it does, and nothing is stored. */
function waiting(situation: Situation): Decision[] {
  const { at, view, readiness } = situation;
  return waitingTriggers(situation).map((trigger) => ({
    at,
    accountId: view.id,
    trigger: trigger.name,
    cycle: '',
    verdict: 'hold',
    shadow: trigger.status === 'shadow',
    readiness: readiness.value,
    gates: [waitingFor(trigger)],
    changed: false,
  }));
}

function waitingTriggers({ index, view, at }: Situation): Trigger[] {
  return index.evaluated.filter(
    (trigger) => trigger.on.length > 0 && freshOpenings(view.agenda, trigger, at).length === 0,
  );
}

function waitingFor({ on }: Trigger) {
  return holding('on', `waiting for ${on.join(' or ')}`);
}
