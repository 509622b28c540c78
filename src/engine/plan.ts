import type { AccountView, AskRecord, Person } from './account.ts';
import type { PlannedAsk } from './decision.ts';
import type { Due } from './due.ts';
import { tell } from './finding.ts';
import { isHeldOut } from './holdout.ts';
import { findingsOf, type Judged } from './judge.ts';
import { own } from './record.ts';
import { readinessIn, type Situation } from './situation.ts';

/** A trigger that passed every gate, with the person it asks and the hour. */
export type Passed = Judged & { readonly due: Due; readonly person: Person };

/** With its person and hour; undefined where a gate holds. */
export function passed(judged: Judged): Passed | undefined {
  const { due } = judged;
  const { found } = judged.approach;
  return due && found ? { ...judged, due, person: found.person } : undefined;
}

/** The ask that a decision to ask produces. */
export function planAsk(situation: Situation, passed: Passed): PlannedAsk {
  const { view, at } = situation;
  const { trigger, opening, due, person } = passed;
  const { route } = passed.approach;
  const { kind: _, ...times } = due;
  const { fallback } = trigger;
  return {
    accountId: view.id,
    trigger: trigger.name,
    cycle: cycleOf(view, trigger.name, opening),
    kind: trigger.kind,
    channel: route.channel,
    template: (route.isFallback ? fallback?.template : undefined) ?? trigger.template,
    personId: person.id,
    ...(route.ownerEmail === undefined ? undefined : { ownerEmail: route.ownerEmail }),
    status: statusOf(view, trigger),
    decidedAt: at,
    ...times,
    expiresAfter: trigger.expires,
    again: trigger.again,
    priority: trigger.priority,
    readiness: readinessIn(situation),
    gates: findingsOf(passed).map(tell),
    ...(opening && { opening }),
    ...(fallback && route.channel === 'draft'
      ? {
          fallback: {
            channel: fallback.channel,
            template: fallback.template ?? trigger.template,
            at: due.dueAt + fallback.after,
          },
        }
      : undefined),
  };
}

/** What makes an ask the only one of its kind: its event, else how often the trigger has asked so far. */
export function cycleOf({ agenda }: AccountView, trigger: string, opening: Judged['opening']): string {
  if (opening) return opening.id;
  const cycles = own(agenda.cycles, trigger);
  return cycles === undefined ? '0' : String(cycles);
}

/** A planned ask as the ledger sees it until it is stored. */
export function recordOf(ask: PlannedAsk): AskRecord {
  const { accountId, personId, trigger, kind, channel, cycle, decidedAt, dueAt, again } = ask;
  return {
    id: `planned:${trigger}/${cycle}`,
    accountId,
    personId,
    trigger,
    kind,
    channel,
    cycle,
    status: ask.status === 'scheduled' && channel === 'nudge' ? 'open' : ask.status,
    decidedAt,
    dueAt,
    readiness: ask.readiness.value,
    again,
  };
}

function statusOf(view: AccountView, { status, kind, holdout }: Judged['trigger']): PlannedAsk['status'] {
  if (status === 'shadow') return 'shadow';
  return kind === 'ask' && isHeldOut(view.id, holdout) ? 'held_out' : 'scheduled';
}
