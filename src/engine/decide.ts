import type { AccountView } from './account.ts';
import type { Catalog } from './catalog.ts';
import type { Plan } from './catalog-index.ts';
import type { Evaluation } from './decision.ts';
import { decided, Evaluated, waits } from './evaluated.ts';
import type { PersonId } from './event.ts';
import { type Judged, judge } from './judge.ts';
import { nextAgenda, verdictOf } from './next-agenda.ts';
import { freshOpenings } from './openings.ts';
import type { Readiness } from './readiness.ts';
import { isEmpty } from './record.ts';
import { settle } from './settle.ts';
import { readinessIn, type Situation, situate } from './situation.ts';
import type { Instant } from './time.ts';
import { firstWake } from './wake.ts';
import { Weighed } from './weighed.ts';
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
  const { withdrawals } = review;
  const readiness = weighed(situation);
  return new Evaluated(situation, {
    readiness,
    verdicts,
    waiting,
    asks,
    withdrawals,
    agenda,
    wakeAt,
    unknownPeople,
  });
}

/**
 * What each trigger would say right now, also those whose event has not come and those that are not live: every
 * gate that can be answered without it is. For people who ask "why not?"; nothing is planned.
 */
export function explain(
  catalog: Catalog,
  view: AccountView,
  at: Instant,
): Pick<Evaluation, 'decisions' | 'unknownPeople'> {
  const situation = situate(catalog, view, at);
  const { judged: first, waiting } = judgeAll(situation);
  const { judged } = settle(situation, first);
  const early = [...waiting, ...situation.index.idle].map((plan) => judge(situation, plan));
  return {
    decisions: [
      ...judged.map((one) => decided(situation, verdictOf(situation, one))),
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
  for (const { approach } of judged) {
    const { choice } = approach;
    if (choice.kind !== 'unknown') continue;
    unknown ??= new Set();
    for (const id of choice.people) unknown.add(id);
  }
  return unknown === undefined && others.length === 0
    ? others
    : [...new Set([...(unknown ?? []), ...others])];
}

function unanswered(situation: Situation, unknownPeople: readonly PersonId[]): Evaluation {
  return new Evaluated(situation, {
    readiness: weighed(situation),
    verdicts: [],
    waiting: [],
    asks: [],
    withdrawals: [],
    agenda: situation.view.agenda,
    wakeAt: Number.POSITIVE_INFINITY,
    unknownPeople,
  });
}

function weighed(situation: Situation): Readiness {
  const { at, value } = situation.evidence;
  return new Weighed(at, value, () => readinessIn(situation));
}
