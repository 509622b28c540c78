import type { AccountView } from './account.ts';
import type { Catalog } from './catalog.ts';
import type { Plan } from './catalog-index.ts';
import { Decided } from './decided.ts';
import type { Decision, Evaluation, PlannedAsk } from './decision.ts';
import type { PersonId } from './event.ts';
import { union } from './hold-set.ts';
import { type Judged, judge } from './judge.ts';
import { nextAgenda, verdictOf } from './next-agenda.ts';
import { freshOpenings } from './openings.ts';
import { cycleOf } from './plan.ts';
import { isEmpty } from './record.ts';
import { settle } from './settle.ts';
import { readinessIn, type Situation, situate } from './situation.ts';
import type { Instant } from './time.ts';
import { firstWake } from './wake.ts';
import { reviewOpenAsks } from './withdraw.ts';

/**
 * Decides for one account: whom to ask now, by which trigger, and what holds the others. Every gate is answered.
 * At most one ask is planned at a time; of several that could ask, the strongest does. Whoever acts on it looks
 * again at `wakeAt`, which is at once when anything was planned or withdrawn.
 * Where people are missing from the view, it only says which (`unknownPeople`).
 */
export function decide(
  catalog: Catalog,
  view: AccountView,
  at: Instant,
  /** False: `wakeAt` leaves out that events which wait grow too old, at which nobody is asked. */
  { wakesForLapses = true }: { readonly wakesForLapses?: boolean } = {},
): Evaluation {
  const situation = situate(catalog, view, at);
  const { judged: first, waiting } = judgeAll(situation);
  const { judged, asks, winner } = settle(situation, first);
  const review = reviewOpenAsks(situation, winner);
  const unknownPeople = unknownIn(first, review.unknownPeople);
  if (unknownPeople.length > 0) return unanswered(situation, unknownPeople);

  const verdicts = judged.map((one) => verdictOf(situation, one));
  const agenda = nextAgenda(situation, asks, verdicts);
  const acted = asks.length > 0 || review.withdrawals.length > 0;
  const wakeAt = acted ? at + 1 : firstWake(situation, agenda, judged, review.changesAt, wakesForLapses);
  const decisions = judged.map((one, i) => decided(situation, one, verdicts[i]?.changed === true, asks));
  for (const plan of waiting) decisions.push(waits(situation, plan));
  return {
    at,
    accountId: view.id,
    readiness: readinessIn(situation),
    decisions,
    asks,
    withdrawals: review.withdrawals,
    agenda,
    ...(wakeAt === Number.POSITIVE_INFINITY ? undefined : { wakeAt }),
    unknownPeople,
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
  const { judged: first, waiting } = judgeAll(situation);
  const { judged, asks } = settle(situation, first);
  const early = waiting.map((plan) => judge(situation, plan));
  return {
    decisions: [
      ...judged.map((one) => decided(situation, one, verdictOf(situation, one).changed, asks)),
      ...early.map((one) => waits(situation, one.plan, one)),
    ],
    unknownPeople: unknownIn([...first, ...early], []),
  };
}

/** Judges what can be judged; `waiting` are those whose event has not come. */
function judgeAll(situation: Situation): { judged: readonly Judged[]; waiting: readonly Plan[] } {
  const { index, view, at } = situation;
  if (isEmpty(view.agenda.openings))
    return { judged: index.unprompted.map((plan) => judge(situation, plan)), waiting: index.prompted };
  const judged: Judged[] = [];
  const waiting: Plan[] = [];
  for (const plan of index.evaluated) {
    if (plan.trigger.on.length === 0) {
      judged.push(judge(situation, plan));
      continue;
    }
    const openings = freshOpenings(view.agenda, plan.trigger, at);
    for (const opening of openings) judged.push(judge(situation, plan, opening));
    if (openings.length === 0) waiting.push(plan);
  }
  return { judged, waiting };
}

function unknownIn(judged: readonly Judged[], others: readonly PersonId[]): readonly PersonId[] {
  let unknown: Set<PersonId> | undefined;
  for (const { choice } of judged) {
    if (choice.kind !== 'unknown') continue;
    unknown ??= new Set();
    for (const id of choice.people) unknown.add(id);
  }
  return unknown ? [...new Set([...unknown, ...others])] : [...new Set(others)];
}

function unanswered(situation: Situation, unknownPeople: readonly PersonId[]): Evaluation {
  const { at, view } = situation;
  const { id: accountId, agenda } = view;
  const readiness = readinessIn(situation);
  return { at, accountId, readiness, decisions: [], asks: [], withdrawals: [], agenda, unknownPeople };
}

function decided(
  situation: Situation,
  { trigger, opening, choice, groups, holds }: Judged,
  changed: boolean,
  asks: readonly PlannedAsk[],
): Decision {
  const cycle = cycleOf(situation.view, trigger.name, opening);
  const isAsk = asks.some((ask) => ask.trigger === trigger.name && ask.cycle === cycle);
  return new Decided(situation, trigger, {
    cycle,
    verdict: isAsk ? 'ask' : 'hold',
    personId: choice.kind === 'chosen' ? choice.person.id : undefined,
    holds: holds.names,
    changed,
    groups,
  });
}

/** A trigger whose event has not come: nothing about it changes before it does, and nothing is stored. */
function waits(situation: Situation, { trigger, waiting }: Plan, judged?: Judged): Decision {
  const groups = judged ? [waiting, ...judged.groups] : [waiting];
  return new Decided(situation, trigger, {
    cycle: '',
    verdict: 'hold',
    personId: judged?.choice.kind === 'chosen' ? judged.choice.person.id : undefined,
    holds: (judged ? union(waiting.holds, judged.holds) : waiting.holds).names,
    changed: false,
    groups,
  });
}
