import type { AccountView, AskRecord, Person } from './account.ts';
import { guardAccountAgain } from './account-guardrail.ts';
import type { Catalog, Gate, Trigger } from './catalog.ts';
import { type Finding, tell } from './finding.ts';
import { findGate } from './gate.ts';
import { deliveredAt, isPending } from './ledger.ts';
import { answerAddress, answerAgain, answerPresence, guardPerson } from './person-guardrail.ts';
import {
  type FoundOfPerson,
  foundOf,
  type Situation,
  type Subject,
  situate,
  situateWith,
} from './situation.ts';
import type { Instant } from './time.ts';
import { answerPause } from './trigger-guardrail.ts';

export type Recheck =
  | { readonly stands: true }
  | { readonly stands: false; readonly gate: string; readonly reason: string };

/**
 * The second look at an ask, at delivery, as if it had not been decided: whether its person is still there, what its
 * trigger rules out, the account's and the person's traits, holds, pauses, suppression and caps as they are now; and
 * readiness as of the decision over all that is known now, so that bad news withdraws an ask and fading alone does not.
 */
export function recheck(catalog: Catalog, view: AccountView, ask: AskRecord, at: Instant): Recheck {
  const person = view.people.get(ask.personId);
  if (!person) return { stands: false, gate: 'no_person', reason: 'the person is no longer known' };
  const failed = findAgain(situateAgain(catalog, view, ask, at), ask, person).find(({ passes }) => !passes);
  return failed ? { stands: false, gate: failed.gate, reason: tell(failed).because } : { stands: true };
}

/** The account as the second look sees it: without the ask itself. */
export function situateAgain(catalog: Catalog, view: AccountView, ask: AskRecord, at: Instant): Situation {
  const situation = situate(catalog, view, at, Math.min(ask.decidedAt, at));
  return situateWith(situation, {
    asks: view.asks.filter(({ id }) => id !== ask.id),
    except: ask.id,
    isSecondLook: true,
    counts: (other) =>
      !isPending(other) || deliveredAt(other) !== undefined || goesFirst(situation, other, ask),
  });
}

/** All that the second look finds. */
export function findAgain(situation: Situation, ask: AskRecord, person: Person): Finding[] {
  const trigger = situation.index.triggers.get(ask.trigger);
  const found = foundOf(situation, person);
  return [
    ...(ask.kind === 'thanks' ? [] : [answerPresence(situation, person)]),
    ...(trigger ? ownFindings(trigger, situation, found, { person, opening: ask.opening }) : []),
    answerPause(situation, trigger ?? { name: ask.trigger, status: 'live' }),
    answerAddress(person, ask.channel),
    ...(ask.kind === 'thanks' ? [] : guardAccountAgain(situation)),
    ...guardPerson(situation, found, ask.kind, ask.channel),
  ];
}

function ownFindings(
  trigger: Trigger,
  situation: Situation,
  found: FoundOfPerson,
  subject: Subject,
): Finding[] {
  return [
    ...trigger.when.filter(isLookedAtAgain).map((gate) => findGate(gate, 'when', situation, subject)),
    ...trigger.unless.map((gate) => findGate(gate, 'unless', situation, subject)),
    answerAgain(situation, found, trigger),
  ];
}

function isLookedAtAgain({ kind }: Gate): boolean {
  return kind === 'readiness' || kind === 'account' || kind === 'person';
}

/**
 * Whether a place that another ask holds counts against this one. Among asks that hold places the one decided
 * first keeps its own; a card, which holds none, gives way to what is stronger.
 */
function goesFirst({ index }: Situation, other: AskRecord, ask: AskRecord): boolean {
  if (ask.channel === 'nudge') {
    const rank = (name: string) => index.triggers.get(name)?.priority ?? 0;
    return rank(other.trigger) > rank(ask.trigger);
  }
  return other.decidedAt < ask.decidedAt || (other.decidedAt === ask.decidedAt && other.id < ask.id);
}
